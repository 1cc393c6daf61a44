/** Titles of the traffic classes sensors give; a class without one is shown by its key. */
const TITLES: Record<string, string> = {
  web: 'Web',
  video: 'Video',
  audio: 'Audio',
  conferencing: 'Conferencing',
  social: 'Social',
  mail: 'Mail',
  'file-transfer': 'File transfer',
  'software-update': 'Software update',
  'remote-access': 'Remote access',
  'name-service': 'Network service',
  database: 'Database',
  gaming: 'Gaming',
  'peer-to-peer': 'Peer to peer',
  iot: 'IoT',
  vpn: 'VPN',
  scan: 'Scan',
}

export const trafficClassTitle = (key: string): string => TITLES[key] ?? key
export const TRAFFIC_CLASS_KEYS: readonly string[] = Object.keys(TITLES)

/** What each step of the classification rule means to a person. */
const SOURCES: Record<string, string> = {
  recogniser: 'the protocol itself was recognised',
  'host-name': 'the host name matched the name table',
  model: 'the traffic classifier model decided',
  behaviour: 'many attempts of one source, or towards one service, failed together',
  port: 'only the well-known port was left to go by',
}

export const classSourceTitle = (source: string | null): string => (source ? (SOURCES[source] ?? source) : '')

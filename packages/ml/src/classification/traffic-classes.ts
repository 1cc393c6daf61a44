/** What a flow is for, as a person would say it. Keys are stored with flows and never renamed. */
export const TRAFFIC_CLASSES = [
  { key: 'web', title: 'Web' },
  { key: 'video', title: 'Video streaming' },
  { key: 'audio', title: 'Audio and voice' },
  { key: 'conferencing', title: 'Conferencing' },
  { key: 'social', title: 'Social and messaging' },
  { key: 'mail', title: 'Mail' },
  { key: 'file-transfer', title: 'File transfer and backup' },
  { key: 'software-update', title: 'Software update' },
  { key: 'remote-access', title: 'Remote access' },
  { key: 'name-service', title: 'Name and network service' },
  { key: 'database', title: 'Database' },
  { key: 'gaming', title: 'Gaming' },
  { key: 'peer-to-peer', title: 'Peer to peer' },
  { key: 'iot', title: 'Industrial and IoT' },
  { key: 'vpn', title: 'VPN and tunnel' },
  { key: 'scan', title: 'Scan or flood' },
] as const satisfies readonly { key: string; title: string }[]

export type TrafficClass = (typeof TRAFFIC_CLASSES)[number]['key']

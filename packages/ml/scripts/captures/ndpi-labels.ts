import type { TrafficClass } from '../../src/classification/index.ts'
import { parseCsvLine } from '../../src/dataset/parse-csv-line.ts'
import { readLines } from '../../src/dataset/read-lines.ts'

/** nDPI's categories that mean one of our classes; the others (Cloud, RPC, Advertisement, ...) say nothing of what a flow is for. */
const CLASS_OF_CATEGORY = new Map<string, TrafficClass>([
  ['Web', 'web'],
  ['Network', 'name-service'],
  ['System', 'name-service'],
  ['VoIP', 'audio'],
  ['Music', 'audio'],
  ['Chat', 'social'],
  ['SocialNetwork', 'social'],
  ['Game', 'gaming'],
  ['VPN', 'vpn'],
  ['Streaming', 'video'],
  ['Media', 'video'],
  ['Video', 'video'],
  ['IoT-Scada', 'iot'],
  ['Collaborative', 'conferencing'],
  ['RemoteAccess', 'remote-access'],
  ['Email', 'mail'],
  ['Database', 'database'],
  ['DataTransfer', 'file-transfer'],
  ['SoftwareUpdate', 'software-update'],
])
const PEER_TO_PEER = new Set(['BitTorrent', 'eDonkey', 'Gnutella', 'Soulseek', 'DirectConnect', 'FastTrack'])

/** Both ends of a flow in an order of their own, since the two programs may differ about who began. */
export const flowKey = (capture: string, one: string, other: string): string =>
  [capture, ...[one, other].sort()].join(' ')

/** What nDPI is sure of (confidence DPI), by flowKey of capture name and ends. */
export async function readNdpiLabels(file: string): Promise<Map<string, TrafficClass>> {
  const labels = new Map<string, TrafficClass>()
  let position: Map<string, number> | undefined
  for await (const line of readLines(file)) {
    const cells = parseCsvLine(line)
    if (!position) {
      position = new Map(cells.map((name, i) => [name, i]))
      continue
    }
    const fields = (name: string) => cells[position?.get(name) ?? -1] ?? ''
    const label = PEER_TO_PEER.has(fields('master')) ? 'peer-to-peer' : CLASS_OF_CATEGORY.get(fields('category'))
    if (!label || fields('confidence') !== 'DPI') continue
    const ends = [`${fields('src_ip')} ${fields('src_port')}`, `${fields('dst_ip')} ${fields('dst_port')}`]
    labels.set(flowKey(fields('pcap'), ends[0], ends[1]), label)
  }
  return labels
}

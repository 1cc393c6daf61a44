import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parseAddress } from '../src/capture/parse-address.ts'
import { conversationKey } from './conversation-key.ts'

/** One flow as nDPI's own regression output labels it. */
export interface NdpiLabel {
  /** Set of captures the row belongs to: the name of its folder. */
  source: string
  capture: string
  /** Key of both directions, as conversationKey makes it. */
  key: string
  /** The protocol itself, e.g. `TLS`. */
  master: string
  /** What is carried by it, e.g. `YouTube`; the same as `master` where nothing more is known. */
  app: string
  hostName: string
}

const PROTOCOL_NUMBERS: Record<string, number> = {
  ICMP: 1,
  IGMP: 2,
  TCP: 6,
  UDP: 17,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  OSPF: 89,
  SCTP: 132,
}

/** Labels of the table that rest on inspection (confidence `DPI`) and name a protocol, by capture. */
export function readNdpiLabels(path: string): Map<string, NdpiLabel[]> {
  const content = readFileSync(path)
  const text = path.endsWith('.gz') ? gunzipSync(content).toString() : content.toString()
  const [header, ...lines] = text.trimEnd().split('\n')
  const columns = header.split(',')
  const labels = new Map<string, NdpiLabel[]>()
  for (const line of lines) {
    const values = line.split(',')
    const field = (name: string): string => values[columns.indexOf(name)] ?? ''
    if (field('confidence') !== 'DPI' || field('master') === 'Unknown') continue
    const key = keyOf(field)
    if (key === undefined) continue
    const capture = field('pcap')
    const label = {
      source: field('source'),
      capture,
      key,
      master: field('master'),
      app: field('app'),
      hostName: field('hostname'),
    }
    labels.set(capture, [...(labels.get(capture) ?? []), label])
  }
  return labels
}

function keyOf(field: (name: string) => string): string | undefined {
  const protocol = PROTOCOL_NUMBERS[field('proto').toUpperCase()] ?? Number(field('proto'))
  const source = parseAddress(field('src_ip'))
  const destination = parseAddress(field('dst_ip'))
  if (!source || !destination || Number.isNaN(protocol)) return undefined
  return conversationKey({
    protocol,
    source,
    sourcePort: Number(field('src_port')),
    destination,
    destinationPort: Number(field('dst_port')),
  })
}

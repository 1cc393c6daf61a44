import { isUuid } from '../uuid.ts'
import { parseAddress } from './address.ts'

/** What the flows page is filtered by, as a person states it. Every field absent = everything in the time range. */
export interface FlowQuery {
  /** Sensor id. */
  sensorId?: string
  interface?: string
  /** Either end: an address or a network in CIDR form. */
  address?: string
  /** Either end. */
  port?: number
  /** IP protocol number. */
  protocol?: number
  /** Application protocol a recogniser saw: tls, dns, http... */
  protocolName?: string
  class?: string
  /** Application by the name table: youtube, github... */
  application?: string
  /** Part of the flow's host name, or of the sensor's. */
  host?: string
  /** 0 to 1: this score or higher. */
  minAnomaly?: number
  communityId?: string
  text?: string
}

export type FlowQueryKey = keyof FlowQuery

/** The name of each field in the address bar. These are kept stable: people save and send such links. */
export const FLOW_PARAMETERS: Record<FlowQueryKey, string> = {
  sensorId: 'host',
  interface: 'iface',
  address: 'address',
  port: 'port',
  protocol: 'transport',
  protocolName: 'proto',
  class: 'class',
  application: 'app',
  host: 'name',
  minAnomaly: 'anomaly',
  communityId: 'cid',
  text: 'q',
}

export const FLOW_QUERY_KEYS = Object.keys(FLOW_PARAMETERS) as FlowQueryKey[]

/** IP protocol numbers people know by name (IANA). */
export const TRANSPORTS: readonly { number: number; name: string; title: string }[] = [
  { number: 6, name: 'tcp', title: 'TCP' },
  { number: 17, name: 'udp', title: 'UDP' },
  { number: 1, name: 'icmp', title: 'ICMP' },
  { number: 58, name: 'ipv6-icmp', title: 'ICMPv6' },
  { number: 2, name: 'igmp', title: 'IGMP' },
  { number: 47, name: 'gre', title: 'GRE' },
  { number: 50, name: 'esp', title: 'ESP' },
  { number: 132, name: 'sctp', title: 'SCTP' },
]

/** The title of a transport: "TCP", or "IP 99" for one without a well-known name; 0 is not IP. */
export const transportTitle = (protocol: number): string =>
  protocol === 0 ? 'non-IP' : (TRANSPORTS.find((each) => each.number === protocol)?.title ?? `IP ${protocol}`)

/** The ECS network.transport name of a protocol number; the number itself where it has no name. */
export const transportName = (protocol: number): string =>
  TRANSPORTS.find((each) => each.number === protocol)?.name ?? String(protocol)

const text = (value: string): string | undefined => value.trim() || undefined

function transport(value: string): number | undefined {
  const named = TRANSPORTS.find((each) => each.name === value.trim().toLowerCase())
  return named?.number ?? integer(value, 255)
}

function integer(value: string, max: number): number | undefined {
  if (!/^\d{1,5}$/.test(value.trim())) return undefined
  const number = Number(value)
  return number <= max ? number : undefined
}

function share(value: string): number | undefined {
  const number = Number(value)
  return value.trim() !== '' && number > 0 && number <= 1 ? number : undefined
}

const readers: { [K in FlowQueryKey]: (value: string) => FlowQuery[K] | undefined } = {
  sensorId: (value) => (isUuid(value) ? value.toLowerCase() : undefined),
  interface: text,
  address: (value) => parseAddress(value),
  port: (value) => integer(value, 65_535),
  protocol: transport,
  protocolName: (value) => text(value)?.toLowerCase(),
  class: text,
  application: (value) => text(value)?.toLowerCase(),
  host: (value) => text(value)?.toLowerCase(),
  minAnomaly: share,
  communityId: (value) => (/^1:[A-Za-z0-9+/]{27}=$/.test(value.trim()) ? value.trim() : undefined),
  text,
}

export interface ParsedFlowQuery {
  query: FlowQuery
  /** Parameters that were there and made no sense; they are left out of the query and said so on the page. */
  rejected: { key: FlowQueryKey; value: string }[]
}

/** Reads the filter out of the address bar. */
export function parseFlowQuery(parameters: Pick<URLSearchParams, 'get'>): ParsedFlowQuery {
  const query: FlowQuery = {}
  const rejected: ParsedFlowQuery['rejected'] = []
  for (const key of FLOW_QUERY_KEYS) {
    const value = parameters.get(FLOW_PARAMETERS[key])
    if (value === null || value.trim() === '') continue
    const parsed = readers[key](value)
    if (parsed === undefined) rejected.push({ key, value })
    else Object.assign(query, { [key]: parsed })
  }
  return { query, rejected }
}

/** The text of one field as it stands in the address bar and on a chip. */
export const flowQueryText = (key: FlowQueryKey, value: string | number): string =>
  key === 'protocol' ? transportName(Number(value)) : String(value)

/** Parameters with the filter replaced by `query`; everything else (time range, sort) stays, the open row closes. */
export function withFlowQuery(parameters: Pick<URLSearchParams, 'toString'>, query: FlowQuery): URLSearchParams {
  const next = new URLSearchParams(parameters.toString())
  for (const key of FLOW_QUERY_KEYS) {
    const value = query[key]
    if (value === undefined) next.delete(FLOW_PARAMETERS[key])
    else next.set(FLOW_PARAMETERS[key], flowQueryText(key, value))
  }
  next.delete('flow')
  return next
}

/** A link to the flows page with this filter, keeping the time range of the page it stands on. */
export function flowsLink(query: FlowQuery, range?: { from?: string | null; to?: string | null }): string {
  const parameters = new URLSearchParams()
  if (range?.from) parameters.set('from', range.from)
  if (range?.to) parameters.set('to', range.to)
  const text = withFlowQuery(parameters, query).toString()
  return text ? `/flows?${text}` : '/flows'
}

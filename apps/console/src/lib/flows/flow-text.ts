import type { FlowRow } from '@picket/store'
import { transportTitle } from './filter.ts'

/** What of a flow a page, an alert's evidence or the live feed shows; a live flow has no number yet. */
type AnyFlow = Omit<FlowRow, 'id'>

const ICMP = new Set([1, 58])

/** `192.0.2.1:443`, `[2001:db8::1]:443`, or the bare address where ports mean nothing. */
export function endpoint(address: string | null, port: number, protocol: number): string {
  if (address === null) return 'non-IP'
  if (ICMP.has(protocol) || port === 0) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

export const hasPorts = (flow: AnyFlow): boolean => !ICMP.has(flow.protocol) && flow.sourceAddress !== null

/** The most telling name of what was spoken: TLS rather than TCP where a recogniser saw it. */
export const protocolTitle = (flow: AnyFlow): string =>
  flow.protocolName ? flow.protocolName.toUpperCase() : transportTitle(flow.protocol)

const REASONS: Record<FlowRow['endReason'], string> = {
  unspecified: 'not stated',
  idle: 'idle timeout',
  active: 'active timeout, the conversation goes on',
  'end-of-flow': 'closed or reset by an end',
  forced: 'the sensor stopped or the capture ended',
  'lack-of-resources': 'the flow table was full',
}

export const endReasonTitle = (reason: FlowRow['endReason']): string => REASONS[reason] ?? reason

const FLAG_NAMES: Record<string, string> = { F: 'FIN', S: 'SYN', R: 'RST', P: 'PSH', A: 'ACK', U: 'URG' }

/** "SYN ACK PSH" of the letters "SAP". */
export const flagNames = (letters: string): string =>
  [...letters].map((letter) => FLAG_NAMES[letter] ?? letter).join(' ')

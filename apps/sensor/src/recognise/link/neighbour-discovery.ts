import type { Packet } from '../../decode/packet.ts'
import { formatAddress } from '../../flow/format-address.ts'
import { readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { readOptions } from './neighbour-options.ts'

const ROUTER_SOLICITATION = 133
const ROUTER_ADVERTISEMENT = 134
const NEIGHBOUR_SOLICITATION = 135
const NEIGHBOUR_ADVERTISEMENT = 136
const REDIRECT = 137
const MANAGED = 0x80
const OTHER = 0x40

/** Whether ICMPv6 of that type belongs to neighbour discovery. */
export function isNeighbourDiscovery(type: number): boolean {
  return type >= ROUTER_SOLICITATION && type <= REDIRECT
}

/**
 * What a message of neighbour discovery says (RFC 4861 section 4). Router advertisement: hop limit 1, flags 1, lifetime 2, reachable time 4,
 * retransmission timer 4. Solicitation and advertisement of neighbours: flags 4, target 16. Redirect: reserved 4, target 16,
 * destination 16. Then options.
 */
export function readNeighbourDiscovery(packet: Packet, facts: FlowFacts): void {
  const { bytes, transport, payloadEnd: end } = packet
  const type = bytes[transport]
  const options = transport + headerLength(type)
  if (options > end) return
  if (type === ROUTER_ADVERTISEMENT) {
    facts.set('icmpv6.router.lifetime_s', readUint16(bytes, transport + 6))
    if ((bytes[transport + 5] & MANAGED) !== 0) facts.set('icmpv6.router.managed', 'true')
    if ((bytes[transport + 5] & OTHER) !== 0) facts.set('icmpv6.router.other_configuration', 'true')
  } else if (type !== ROUTER_SOLICITATION) {
    facts.append('icmpv6.target', formatAddress(bytes.subarray(transport + 8, transport + 24)))
  }
  if (type === REDIRECT)
    facts.append('icmpv6.redirected', formatAddress(bytes.subarray(transport + 24, transport + 40)))
  readOptions(bytes, options, end, facts)
}

function headerLength(type: number): number {
  if (type === NEIGHBOUR_SOLICITATION || type === NEIGHBOUR_ADVERTISEMENT) return 24
  if (type === ROUTER_ADVERTISEMENT) return 16
  return type === REDIRECT ? 40 : 8
}

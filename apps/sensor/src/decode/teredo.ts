import { EtherType } from './ether-type.ts'
import { type Packet, Tunnel } from './packet.ts'

const AUTHENTICATION = 1
const NONCE_AND_CONFIRMATION = 9
const ORIGIN = 8
const IPV6_HEADER = 40

/**
 * Teredo (RFC 4380 section 5.1.1) in a UDP datagram: authentication 0x0001, lengths of identifier and value 1 + 1, these, nonce 8,
 * confirmation 1; origin 0x0000, port 2, address 4; both may be absent; then an IPv6 packet that fits the datagram.
 */
export function decodeTeredo(bytes: Uint8Array, packet: Packet): void {
  const { payload: start, payloadEnd: end, payloadLength } = packet
  let body = start
  if (body + 4 <= end && bytes[body] === 0 && bytes[body + 1] === AUTHENTICATION)
    body += 4 + bytes[body + 2] + bytes[body + 3] + NONCE_AND_CONFIRMATION
  if (body + ORIGIN <= end && bytes[body] === 0 && bytes[body + 1] === 0) body += ORIGIN
  if (body + IPV6_HEADER > end || bytes[body] >> 4 !== 6) return
  const length = IPV6_HEADER + ((bytes[body + 4] << 8) | bytes[body + 5])
  // Trailers may follow the packet (RFC 6081).
  if (body + length <= start + payloadLength) packet.setInner(EtherType.IPV6, body, Tunnel.TEREDO << 24)
}

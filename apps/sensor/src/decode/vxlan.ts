import { Inner, type Packet, Tunnel } from './packet.ts'

const HAS_NETWORK = 0x08

/**
 * VXLAN (RFC 7348 section 5) in a UDP datagram: flags 1, reserved 3, network identifier 3, reserved 1, then an Ethernet
 * frame. What does not look like it stays a datagram.
 */
export function decodeVxlan(bytes: Uint8Array, packet: Packet): void {
  const start = packet.payload
  if (start + 8 > packet.payloadEnd) return
  const reserved = bytes[start + 1] | bytes[start + 2] | bytes[start + 3] | bytes[start + 7]
  if (bytes[start] !== HAS_NETWORK || reserved !== 0) return
  const network = (bytes[start + 4] << 16) | (bytes[start + 5] << 8) | bytes[start + 6]
  packet.setInner(Inner.ETHERNET, start + 8, (Tunnel.VXLAN << 24) | network)
}

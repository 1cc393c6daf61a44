import { EtherType } from './ether-type.ts'
import { Inner, type Packet, Tunnel } from './packet.ts'

/**
 * GENEVE (RFC 8926 section 3.4) in a UDP datagram: version 2 bits, length of options in words 6 bits, flags 1, EtherType 2,
 * network identifier 3, reserved 1, options. What does not look like it stays a datagram.
 */
export function decodeGeneve(bytes: Uint8Array, packet: Packet): void {
  const start = packet.payload
  if (start + 8 > packet.payloadEnd || bytes[start] >> 6 !== 0) return
  const type = (bytes[start + 2] << 8) | bytes[start + 3]
  const network = (bytes[start + 4] << 16) | (bytes[start + 5] << 8) | bytes[start + 6]
  const body = start + 8 + ((bytes[start] & 0x3f) << 2)
  const tunnel = (Tunnel.GENEVE << 24) | network
  if (type === EtherType.ETHERNET_BRIDGING) packet.setInner(Inner.ETHERNET, body, tunnel)
  else if (type === EtherType.IPV4 || type === EtherType.IPV6) packet.setInner(type, body, tunnel)
}

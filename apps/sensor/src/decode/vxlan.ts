import { EtherType } from './ether-type.ts'
import { Inner, type Packet, Tunnel } from './packet.ts'

const HAS_NETWORK = 0x08
const HEADER = 8

/**
 * VXLAN (RFC 7348 section 5) in a UDP datagram: flags 1, reserved 3, network identifier 3, reserved 1, then an Ethernet
 * frame. Reserved bits are ignored on receipt, but where they are set the frame's type must be a known one. What does not look
 * like it stays a datagram.
 */
export function decodeVxlan(bytes: Uint8Array, packet: Packet): void {
  const start = packet.payload
  if (start + HEADER > packet.payloadEnd || (bytes[start] & HAS_NETWORK) === 0) return
  const reserved = bytes[start + 1] | bytes[start + 2] | bytes[start + 3] | bytes[start + 7]
  if ((bytes[start] !== HAS_NETWORK || reserved !== 0) && !holdsKnownType(bytes, start + HEADER, packet.payloadEnd))
    return
  const network = (bytes[start + 4] << 16) | (bytes[start + 5] << 8) | bytes[start + 6]
  packet.setInner(Inner.ETHERNET, start + HEADER, (Tunnel.VXLAN << 24) | network)
}

function holdsKnownType(bytes: Uint8Array, frame: number, end: number): boolean {
  if (frame + 14 > end) return false
  const type = (bytes[frame + 12] << 8) | bytes[frame + 13]
  return type === EtherType.IPV4 || type === EtherType.IPV6 || type === EtherType.ARP || type === EtherType.VLAN
}

import { Inner, type Packet, Tunnel } from './packet.ts'

const IEEE_802_11 = 1
const NATIVE = 0x01
/** Fragment, and keep-alive. */
const WITHOUT_FRAME = 0x80 | 0x08

/**
 * CAPWAP data (RFC 5415 section 4.3) in a UDP datagram: version and type 1, header length in words 5 bits, radio 5 bits, binding 5 bits,
 * native format 1 bit, flags 1, fragment 4, then optional fields and a frame of 802.3 or, in native format, of 802.11. What is
 * encrypted (type 1), in fragments or empty stays a datagram.
 */
export function decodeCapwap(bytes: Uint8Array, packet: Packet): void {
  const start = packet.payload
  if (start + 8 > packet.payloadEnd || bytes[start] !== 0 || (bytes[start + 3] & WITHOUT_FRAME) !== 0) return
  const body = start + ((bytes[start + 1] >> 3) << 2)
  const binding = (bytes[start + 2] >> 1) & 0x1f
  if (body < start + 8 || body >= packet.payloadEnd) return
  const isNative = (bytes[start + 2] & NATIVE) !== 0
  if (!isNative) packet.setInner(Inner.ETHERNET, body, Tunnel.CAPWAP << 24)
  else if (binding === IEEE_802_11) packet.setInner(Inner.WIFI, body, Tunnel.CAPWAP << 24)
}

import { DecodeStatus } from './decode-status.ts'
import { Family, type Packet } from './packet.ts'
import { decodeTransport } from './transport.ts'

/**
 * IPv4 (RFC 791):
 *   0 version 4 bits, header length in words 4 bits   2 total length   4 identification
 *   6 flags 3 bits (bit 13: more fragments), fragment offset 13 bits   8 time to live   9 protocol   12 source   16 destination
 * A total length of 0 is what a host sees of its own segments before the network card cuts them: the frame's length holds.
 */
export function decodeIpv4(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 20 > end) return packet.tooShort(offset + 20)
  const headerLength = (bytes[offset] & 0x0f) << 2
  if (bytes[offset] >> 4 !== 4 || headerLength < 20) return DecodeStatus.MALFORMED
  const { view } = packet
  const totalLength = view.getUint16(offset + 2)
  if (totalLength !== 0 && totalLength < headerLength) return DecodeStatus.MALFORMED
  const body = offset + headerLength
  if (totalLength !== 0) packet.wireEnd = offset + totalLength
  if (body > end) return packet.tooShort(body)

  const fragment = view.getUint16(offset + 6)
  packet.family = Family.IPV4
  packet.length = packet.wireEnd - offset
  packet.ttl = bytes[offset + 8]
  packet.trafficClass = bytes[offset + 1]
  packet.protocol = bytes[offset + 9]
  packet.sourceAddress = offset + 12
  packet.destinationAddress = offset + 16
  packet.laterFragment = (fragment & 0x1fff) !== 0
  packet.moreFragments = (fragment & 0x2000) !== 0
  // What lies beyond the total length is padding of the link.
  const bodyEnd = end < packet.wireEnd ? end : packet.wireEnd
  if ((fragment & 0x3fff) !== 0) {
    packet.fragmentId = view.getUint16(offset + 4)
    packet.fragmentOffset = (fragment & 0x1fff) << 3
    packet.fragmentBody = body
    packet.fragmentEnd = bodyEnd
    packet.fragmentProtocol = packet.protocol
  }
  return decodeTransport(bytes, body, bodyEnd, packet)
}

import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/**
 * TCP (RFC 9293): 0 source port   2 destination port   4 sequence   8 acknowledgement
 *   12 header length in words 4 bits   13 flags   14 window   16 checksum   18 urgent pointer
 */
export function decodeTcp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 20 > end) return packet.tooShort(offset + 20)
  const { view } = packet
  const headerLength = (bytes[offset + 12] >> 4) << 2
  if (headerLength < 20 || offset + headerLength > packet.wireEnd) return DecodeStatus.MALFORMED
  packet.sourcePort = view.getUint16(offset)
  packet.destinationPort = view.getUint16(offset + 2)
  packet.tcpSequence = view.getInt32(offset + 4)
  packet.tcpAcknowledgement = view.getInt32(offset + 8)
  packet.tcpFlags = bytes[offset + 13]
  packet.tcpWindow = view.getUint16(offset + 14)
  packet.setPayload(offset + headerLength, end)
  return DecodeStatus.OK
}

import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/**
 * TCP (RFC 9293): 0 source port   2 destination port   4 sequence   8 acknowledgement
 *   12 header length in words 4 bits   13 flags   14 window   16 checksum   18 urgent pointer
 */
export function decodeTcp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 20 > end) return packet.tooShort(offset + 20)
  const headerLength = (bytes[offset + 12] >> 4) << 2
  if (headerLength < 20 || offset + headerLength > packet.wireEnd) return DecodeStatus.MALFORMED
  packet.sourcePort = (bytes[offset] << 8) | bytes[offset + 1]
  packet.destinationPort = (bytes[offset + 2] << 8) | bytes[offset + 3]
  packet.tcpSequence =
    (bytes[offset + 4] << 24) | (bytes[offset + 5] << 16) | (bytes[offset + 6] << 8) | bytes[offset + 7]
  packet.tcpFlags = bytes[offset + 13]
  packet.tcpWindow = (bytes[offset + 14] << 8) | bytes[offset + 15]
  packet.setPayload(offset + headerLength, end)
  return DecodeStatus.OK
}

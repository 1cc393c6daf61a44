import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/** UDP (RFC 768): 0 source port   2 destination port   4 length   6 checksum. Length 0 is a jumbogram (RFC 2675). */
export function decodeUdp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const length = (bytes[offset + 4] << 8) | bytes[offset + 5]
  if (length !== 0 && length < 8) return DecodeStatus.MALFORMED
  packet.sourcePort = (bytes[offset] << 8) | bytes[offset + 1]
  packet.destinationPort = (bytes[offset + 2] << 8) | bytes[offset + 3]
  packet.setPayload(offset + 8, end)
  return DecodeStatus.OK
}

import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/** SCTP (RFC 9260): 0 source port   2 destination port   4 verification tag   8 checksum, then chunks. */
export function decodeSctp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 12 > end) return packet.tooShort(offset + 12)
  packet.sourcePort = (bytes[offset] << 8) | bytes[offset + 1]
  packet.destinationPort = (bytes[offset + 2] << 8) | bytes[offset + 3]
  packet.setPayload(offset + 12, end)
  return DecodeStatus.OK
}

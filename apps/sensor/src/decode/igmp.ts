import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/** IGMP (RFC 2236, RFC 3376): 0 type   1 response time   2 checksum   4 group, then in version 3 sources or records. */
export function decodeIgmp(offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  packet.setPayload(offset, end)
  return DecodeStatus.OK
}

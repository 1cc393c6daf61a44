import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/** ESP (RFC 4303): 0 security parameters index   4 sequence, then what only the two ends can read. */
export function decodeEsp(offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  packet.setPayload(offset + 8, end)
  return DecodeStatus.OK
}

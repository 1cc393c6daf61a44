import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/** UDP-Lite (RFC 3828): 0 source port   2 destination port   4 checksum coverage, 0 or from 8   6 checksum. */
export function decodeUdpLite(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const coverage = (bytes[offset + 4] << 8) | bytes[offset + 5]
  if (coverage !== 0 && coverage < 8) return DecodeStatus.MALFORMED
  packet.sourcePort = (bytes[offset] << 8) | bytes[offset + 1]
  packet.destinationPort = (bytes[offset + 2] << 8) | bytes[offset + 3]
  packet.setPayload(offset + 8, end)
  return DecodeStatus.OK
}

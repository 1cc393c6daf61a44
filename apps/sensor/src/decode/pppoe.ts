import type { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'
import { decodePpp } from './ppp.ts'

/** PPPoE session (RFC 2516): version and type 1, code 1, session 2, length 2, then a PPP packet. */
export function decodePppoe(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 6
  if (body + 2 > end) return packet.tooShort(body + 2)
  return decodePpp(bytes, body, end, packet)
}

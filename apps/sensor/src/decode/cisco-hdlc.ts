import type { DecodeStatus } from './decode-status.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'

/** Cisco HDLC (RFC 4349 section 3.1 describes it): address 1, control 1, then an EtherType 2. */
export function decodeCiscoHdlc(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = offset + 4
  if (body > end) return packet.tooShort(body)
  return decodeNetwork(bytes, body, end, (bytes[offset + 2] << 8) | bytes[offset + 3], packet)
}

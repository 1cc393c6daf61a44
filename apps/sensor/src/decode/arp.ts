import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'

/**
 * ARP (RFC 826): hardware type 2, protocol type 2, address lengths 1 + 1, operation 2, then two pairs of addresses.
 * Only checked: an ARP exchange is a flow between link addresses.
 */
export function decodeArp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const addresses = offset + 8 + 2 * (bytes[offset + 4] + bytes[offset + 5])
  if (addresses > end) return packet.tooShort(addresses)
  return DecodeStatus.OK
}

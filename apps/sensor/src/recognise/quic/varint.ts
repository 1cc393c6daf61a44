import { readUint16, readUint32 } from '../byte-text.ts'

/** Octets of the variable-length integer that starts with this octet: 1, 2, 4 or 8 (RFC 9000 section 16). */
export function varintLength(firstOctet: number): number {
  return 1 << (firstOctet >> 6)
}

/** Its value; of eight octets the low 53 bits count. The caller has checked that it is all there. */
export function readVarint(bytes: Uint8Array, offset: number): number {
  switch (bytes[offset] >> 6) {
    case 0:
      return bytes[offset] & 0x3f
    case 1:
      return readUint16(bytes, offset) & 0x3fff
    case 2:
      return readUint32(bytes, offset) & 0x3fff_ffff
    default:
      return (readUint32(bytes, offset) & 0x001f_ffff) * 2 ** 32 + readUint32(bytes, offset + 4)
  }
}

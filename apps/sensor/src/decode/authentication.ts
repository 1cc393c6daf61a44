import type { Packet } from './packet.ts'

/**
 * Authentication header (RFC 4302): 0 next header   1 length in words less 2   2 reserved   4 index   8 sequence, check
 * value. Sets the packet's protocol to what is behind it and returns where that starts; -1 where the header is cut.
 */
export function decodeAuthentication(bytes: Uint8Array, offset: number, end: number, packet: Packet): number {
  if (offset + 12 > end) return -1
  packet.protocol = bytes[offset]
  return offset + ((bytes[offset + 1] + 2) << 2)
}

import { DecodeStatus } from './decode-status.ts'
import type { Packet } from './packet.ts'
import { decodeRawIp } from './raw-ip.ts'

/**
 * BSD null and loopback headers: an address family in 4 octets, of either byte order. Its value for IPv6 differs from
 * system to system (24, 28, 30), so the version nibble of the packet behind it decides.
 */
export function decodeLoopback(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 4 > end) return packet.tooShort(offset + 4)
  return decodeRawIp(bytes, offset + 4, end, packet)
}

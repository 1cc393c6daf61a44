import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeNetwork } from './network.ts'
import type { Packet } from './packet.ts'

/** A bare IP packet: the version nibble tells which. */
export function decodeRawIp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 1 > end) return packet.tooShort(offset + 1)
  const version = bytes[offset] >> 4
  if (version === 4) return decodeNetwork(bytes, offset, end, EtherType.IPV4, packet)
  if (version === 6) return decodeNetwork(bytes, offset, end, EtherType.IPV6, packet)
  return DecodeStatus.MALFORMED
}

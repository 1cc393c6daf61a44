import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import type { Packet } from './packet.ts'

const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057

/** PPPoE session (RFC 2516): version and type 1, code 1, session 2, length 2, then the PPP protocol 2. */
export function decodePppoe(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const protocol = (bytes[offset + 6] << 8) | bytes[offset + 7]
  if (protocol === PPP_IPV4) {
    packet.etherType = EtherType.IPV4
    return decodeIpv4(bytes, offset + 8, end, packet)
  }
  if (protocol === PPP_IPV6) {
    packet.etherType = EtherType.IPV6
    return decodeIpv6(bytes, offset + 8, end, packet)
  }
  return DecodeStatus.OK
}

import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import type { Packet } from './packet.ts'

const PPP_IPV4 = 0x21
const PPP_IPV6 = 0x57

/**
 * PPP (RFC 1661): address and control 0xff03 where they were not left out, then the protocol in 2 octets, or in 1, which
 * is odd. Only IP is decoded further; what else there is keeps the layer around it.
 */
export function decodePpp(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const hasAddress = offset + 2 <= end && bytes[offset] === 0xff && bytes[offset + 1] === 3
  const start = hasAddress ? offset + 2 : offset
  if (start + 2 > end) return packet.tooShort(start + 2)
  const isShort = (bytes[start] & 1) !== 0
  const protocol = isShort ? bytes[start] : (bytes[start] << 8) | bytes[start + 1]
  const body = isShort ? start + 1 : start + 2
  if (protocol === PPP_IPV4) {
    packet.etherType = EtherType.IPV4
    return decodeIpv4(bytes, body, end, packet)
  }
  if (protocol === PPP_IPV6) {
    packet.etherType = EtherType.IPV6
    return decodeIpv6(bytes, body, end, packet)
  }
  return DecodeStatus.OK
}

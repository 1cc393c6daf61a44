import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { Inner, type Packet } from './packet.ts'

const MAX_LABELS = 16
const BOTTOM_OF_STACK = 1

/**
 * MPLS label stack (RFC 3032): entries of 4 octets, label 20 bits, class 3, bottom of stack 1, time to live 8. What follows
 * has no type: the first nibble tells IPv4, IPv6, and, if 0, the control word of a pseudowire, taken to carry Ethernet
 * (RFC 4385, RFC 4448). Anything else stays a flow of this EtherType.
 */
export function decodeMpls(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  let body = offset
  for (let labels = 0; ; labels++) {
    if (labels === MAX_LABELS) return DecodeStatus.MALFORMED
    if (body + 4 > end) return packet.tooShort(body + 4)
    body += 4
    if ((bytes[body - 2] & BOTTOM_OF_STACK) !== 0) break
  }
  if (body + 1 > end) return packet.tooShort(body + 1)
  const nibble = bytes[body] >> 4
  if (nibble === 4) {
    packet.etherType = EtherType.IPV4
    return decodeIpv4(bytes, body, end, packet)
  }
  if (nibble === 6) {
    packet.etherType = EtherType.IPV6
    return decodeIpv6(bytes, body, end, packet)
  }
  if (nibble === 0) packet.setInner(Inner.ETHERNET, body + 4, 0)
  return DecodeStatus.OK
}

import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { Inner, type Packet } from './packet.ts'

const NEXT_IPV4 = 1
const NEXT_IPV6 = 2
const NEXT_ETHERNET = 3

/**
 * Network service header (RFC 8300 section 2.2): version 2 bits, flags 2, time to live 6, length in words 6, type of metadata 1, next
 * protocol 1, service path 4, metadata. Anything but IP and Ethernet in it stays a flow of this EtherType.
 */
export function decodeNsh(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  if (offset + 8 > end) return packet.tooShort(offset + 8)
  const body = offset + ((bytes[offset + 1] & 0x3f) << 2)
  if (body < offset + 8) return DecodeStatus.MALFORMED
  if (body > end) return packet.tooShort(body)
  const next = bytes[offset + 3]
  if (next === NEXT_IPV4) {
    packet.etherType = EtherType.IPV4
    return decodeIpv4(bytes, body, end, packet)
  }
  if (next === NEXT_IPV6) {
    packet.etherType = EtherType.IPV6
    return decodeIpv6(bytes, body, end, packet)
  }
  if (next === NEXT_ETHERNET) packet.setInner(Inner.ETHERNET, body, 0)
  return DecodeStatus.OK
}

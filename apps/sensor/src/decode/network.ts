import { decodeArp } from './arp.ts'
import { DecodeStatus } from './decode-status.ts'
import { EtherType } from './ether-type.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { decodeMpls } from './mpls.ts'
import { decodeNsh } from './nsh.ts'
import { Family, type Packet } from './packet.ts'
import { decodePpp } from './ppp.ts'
import { decodePppoe } from './pppoe.ts'

const { ARP, IPV4, IPV6, MPLS, MPLS_MULTICAST, NSH, PPP, PPPOE_SESSION } = EtherType

/** Names the next layer by its EtherType. What is not IP becomes a flow of that type between two link addresses. */
export function decodeNetwork(
  bytes: Uint8Array,
  offset: number,
  end: number,
  etherType: number,
  packet: Packet,
): DecodeStatus {
  packet.etherType = etherType
  if (etherType === IPV4) return decodeIpv4(bytes, offset, end, packet)
  if (etherType === IPV6) return decodeIpv6(bytes, offset, end, packet)
  setNonIp(offset, end, packet)
  switch (etherType) {
    case ARP:
      return decodeArp(bytes, offset, end, packet)
    case PPPOE_SESSION:
      return decodePppoe(bytes, offset, end, packet)
    case PPP:
      return decodePpp(bytes, offset, end, packet)
    case NSH:
      return decodeNsh(bytes, offset, end, packet)
    case MPLS:
    case MPLS_MULTICAST:
      return decodeMpls(bytes, offset, end, packet)
    default:
      return DecodeStatus.OK
  }
}

function setNonIp(offset: number, end: number, packet: Packet): void {
  packet.family = Family.NONE
  packet.protocol = 0
  packet.ttl = 0
  packet.trafficClass = 0
  packet.laterFragment = false
  packet.moreFragments = false
  packet.sourcePort = 0
  packet.destinationPort = 0
  packet.oneWay = false
  packet.tcpFlags = 0
  packet.setPayload(offset, end)
  packet.length = packet.payloadLength
}

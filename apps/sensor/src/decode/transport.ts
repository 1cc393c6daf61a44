import { decodeAuthentication } from './authentication.ts'
import { DecodeStatus } from './decode-status.ts'
import { decodeEsp } from './esp.ts'
import { decodeGre } from './gre.ts'
import { decodeIcmp } from './icmp.ts'
import { decodeIcmpv6 } from './icmpv6.ts'
import { decodeIgmp } from './igmp.ts'
import { Family, Inner, type Packet, Protocol, Tunnel } from './packet.ts'
import { decodeSctp } from './sctp.ts'
import { decodeTcp } from './tcp.ts'
import { decodeUdp } from './udp.ts'
import { decodeUdpLite } from './udp-lite.ts'

const { AH, ESP, GRE, ICMP, ICMPV6, IGMP, IPV4, IPV6, SCTP, TCP, UDP, UDP_LITE } = Protocol
const IP_IN_IP = Tunnel.IP_IN_IP << 24

/** Names the transport layer. Protocols without a decoder, and later fragments, are payload with ports 0. */
export function decodeTransport(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  packet.sourcePort = 0
  packet.destinationPort = 0
  packet.oneWay = false
  packet.tcpFlags = 0
  packet.transport = offset
  if (!packet.laterFragment) {
    if (packet.protocol === TCP) return decodeTcp(bytes, offset, end, packet)
    if (packet.protocol === UDP) return decodeUdp(bytes, offset, end, packet)
    return decodeOther(bytes, offset, end, packet)
  }
  packet.setPayload(offset, end)
  return DecodeStatus.OK
}

function decodeOther(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  switch (packet.protocol) {
    case ICMP:
      if (packet.family === Family.IPV4) return decodeIcmp(bytes, offset, end, packet)
      break
    case ICMPV6:
      if (packet.family === Family.IPV6) return decodeIcmpv6(bytes, offset, end, packet)
      break
    case SCTP:
      return decodeSctp(bytes, offset, end, packet)
    case UDP_LITE:
      return decodeUdpLite(bytes, offset, end, packet)
    case IGMP:
      return decodeIgmp(offset, end, packet)
    case GRE:
      return decodeGre(bytes, offset, end, packet)
    case ESP:
      return decodeEsp(offset, end, packet)
    case AH:
      return decodeBehindAuthentication(bytes, offset, end, packet)
    case IPV4:
    case IPV6:
      packet.setInner(Inner.IP, offset, IP_IN_IP)
  }
  packet.setPayload(offset, end)
  return DecodeStatus.OK
}

/** IPv6 walks over the header as one of its extensions; in IPv4 it is the transport, once. */
function decodeBehindAuthentication(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  const body = decodeAuthentication(bytes, offset, end, packet)
  if (body < 0) return packet.tooShort(offset + 12)
  if (body > end) return packet.tooShort(body)
  if (packet.protocol === AH) return DecodeStatus.MALFORMED
  return decodeTransport(bytes, body, end, packet)
}

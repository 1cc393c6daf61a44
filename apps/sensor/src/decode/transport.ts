import { DecodeStatus } from './decode-status.ts'
import { decodeIcmp } from './icmp.ts'
import { decodeIcmpv6 } from './icmpv6.ts'
import { Family, type Packet, Protocol } from './packet.ts'
import { decodeSctp } from './sctp.ts'
import { decodeTcp } from './tcp.ts'
import { decodeUdp } from './udp.ts'

/** Names the transport layer. Protocols without a decoder, and later fragments, are payload with ports 0. */
export function decodeTransport(bytes: Uint8Array, offset: number, end: number, packet: Packet): DecodeStatus {
  packet.sourcePort = 0
  packet.destinationPort = 0
  packet.oneWay = false
  packet.tcpFlags = 0
  if (!packet.laterFragment) {
    const protocol = packet.protocol
    if (protocol === Protocol.TCP) return decodeTcp(bytes, offset, end, packet)
    if (protocol === Protocol.UDP) return decodeUdp(bytes, offset, end, packet)
    if (protocol === Protocol.ICMP && packet.family === Family.IPV4) return decodeIcmp(bytes, offset, end, packet)
    if (protocol === Protocol.ICMPV6 && packet.family === Family.IPV6) return decodeIcmpv6(bytes, offset, end, packet)
    if (protocol === Protocol.SCTP) return decodeSctp(bytes, offset, end, packet)
  }
  packet.setPayload(offset, end)
  return DecodeStatus.OK
}

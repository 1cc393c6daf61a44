import type { Flow } from '@picket/proto'
import { Protocol } from '../decode/packet.ts'

/** Hops a traceroute counts up to; packets of hosts leave with 64 or more. */
const TRACEROUTE_TTL = 30
const MAX_PROBE_PACKETS = 6
const SMALL_DATAGRAM = 256
const ICMP_ECHO = 8
const ICMPV6_ECHO = 128

/**
 * Whether a flow carried nothing but the question whether someone is there. Traffic that got anything done, names that
 * were looked up before, multicast and broadcast are none.
 */
export function isProbe(flow: Flow): boolean {
  const { forward, reverse } = flow
  if (!forward || flow.continued || flow.destinationAddress.length === 0 || isToMany(flow.destinationAddress))
    return false
  if (forward.packets > MAX_PROBE_PACKETS || forward.ttlMin <= TRACEROUTE_TTL) return false
  if (flow.protocol === Protocol.TCP) return isTcpProbe(flow)
  if (flow.protocol === Protocol.UDP) return !reverse && forward.octets <= SMALL_DATAGRAM * forward.packets
  return isPing(flow)
}

/** Whether it is an echo request of few packets. */
export function isPing(flow: Flow): boolean {
  if (flow.protocol === Protocol.ICMP) return flow.sourcePort === ICMP_ECHO
  return flow.protocol === Protocol.ICMPV6 && flow.sourcePort === ICMPV6_ECHO
}

/** No payload either way: a SYN that was refused, ignored or dropped again, or flags no connection starts with. */
function isTcpProbe({ forward, reverse }: Flow): boolean {
  if (!forward || forward.payloadOctets > 0 || (reverse?.payloadOctets ?? 0) > 0) return false
  if (forward.tcpSyn > 0) return true
  const isOdd = forward.tcpAck === 0 && forward.tcpRst === 0
  return (
    isOdd ||
    (forward.tcpFin === 0 &&
      forward.tcpRst === 0 &&
      reverse !== undefined &&
      reverse.tcpRst > 0 &&
      reverse.tcpAck === 0)
  )
}

/** Multicast, and what ends like the broadcast address of a network. */
function isToMany(address: Uint8Array): boolean {
  if (address.length === 16) return address[0] === 0xff
  return address[0] >= 224 || address[3] === 255
}

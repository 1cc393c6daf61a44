import { DirectionStatistics } from '@picket/proto/flow'

/** A direction of which some packets were only counted: what is whole of it. */
export function countersOnly(direction: DirectionStatistics): DirectionStatistics {
  return {
    ...DirectionStatistics.create(),
    packets: direction.packets,
    octets: direction.octets,
    payloadOctets: direction.payloadOctets,
    payloadPackets: direction.payloadPackets,
    ttlFirst: direction.ttlFirst,
    dscp: direction.dscp,
    tcpFin: direction.tcpFin,
    tcpSyn: direction.tcpSyn,
    tcpRst: direction.tcpRst,
    tcpPsh: direction.tcpPsh,
    tcpAck: direction.tcpAck,
    tcpUrg: direction.tcpUrg,
  }
}

import { DirectionStatistics } from '@picket/proto'

/** A direction of which some packets were only counted: what is whole of it. */
export function countersOnly(direction: DirectionStatistics): DirectionStatistics {
  const { packets, octets, payloadOctets, payloadPackets, ttlFirst, dscp } = direction
  const { tcpFin, tcpSyn, tcpRst, tcpPsh, tcpAck, tcpUrg } = direction
  return {
    ...DirectionStatistics.create(),
    ...{ packets, octets, payloadOctets, payloadPackets, ttlFirst, dscp },
    ...{ tcpFin, tcpSyn, tcpRst, tcpPsh, tcpAck, tcpUrg },
  }
}

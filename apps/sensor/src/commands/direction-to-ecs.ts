import type { DirectionStatistics } from '@picket/proto'

/** What one direction of a flow measured beyond octets and packets; counters that stayed 0 are left out. */
export function directionToEcs(side: DirectionStatistics | undefined, isTcp: boolean): object | undefined {
  if (!side || side.packets === 0) return undefined
  return {
    payload_bytes: side.payloadOctets,
    payload_packets: side.payloadPackets,
    bursts: side.bursts || undefined,
    length: { min: side.lengthMin, max: side.lengthMax, mean: side.lengthMean, std: side.lengthStd },
    iat_us: side.packets > 1 ? gapsOf(side) : undefined,
    ttl: side.ttlFirst > 0 ? { first: side.ttlFirst, min: side.ttlMin, max: side.ttlMax } : undefined,
    dscp: side.dscp || undefined,
    tcp: isTcp ? tcpOf(side) : undefined,
    rtt_us: side.rttSamples > 0 ? roundTripsOf(side) : undefined,
  }
}

function gapsOf(side: DirectionStatistics): object {
  return { min: side.iatMinUs, max: side.iatMaxUs, mean: side.iatMeanUs, std: side.iatStdUs }
}

function roundTripsOf(side: DirectionStatistics): object {
  return { samples: side.rttSamples, min: side.rttMinUs, max: side.rttMaxUs, mean: side.rttMeanUs }
}

function tcpOf(side: DirectionStatistics): object {
  return {
    fin: side.tcpFin || undefined,
    syn: side.tcpSyn || undefined,
    rst: side.tcpRst || undefined,
    psh: side.tcpPsh || undefined,
    ack: side.tcpAck || undefined,
    urg: side.tcpUrg || undefined,
    retransmissions: side.tcpRetransmissions || undefined,
    out_of_order: side.tcpOutOfOrder || undefined,
    zero_windows: side.tcpZeroWindows || undefined,
    window: { first: side.tcpWindowFirst, min: side.tcpWindowMin, max: side.tcpWindowMax },
    mss: side.tcpMss,
    window_scale: side.tcpWindowScale,
    sack_permitted: side.tcpSackPermitted || undefined,
    timestamps: side.tcpTimestamps || undefined,
  }
}

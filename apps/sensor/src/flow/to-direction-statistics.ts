import type { DirectionStatistics } from '@picket/proto'
import { TcpOption } from '../decode/tcp-options.ts'
import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { BURSTS, FLAGS, IAT_MAX_F32, IAT_MIN_F32, IAT_SQUARES, IAT_SUM, LENGTH_MAX, LENGTH_MIN, LENGTH_SQUARES } = layout
const { OCTETS, OPTIONS, OUT_OF_ORDER, PACKETS, PAYLOAD_OCTETS, PAYLOAD_PACKETS, RETRANSMISSIONS } = layout
const { RTT_COUNT, RTT_MAX, RTT_MIN, RTT_SUM, TTLS, WINDOW, WINDOW_RANGE, ZERO_WINDOWS } = layout
const { MSS, SACK_PERMITTED, TIMESTAMPS, WINDOW_SCALE } = TcpOption

/** Copies one direction of a record out of the table; `start` and `rare` are where its two parts start, in words. */
export function toDirectionStatistics(records: FlowRecords, start: number, rare: number): DirectionStatistics {
  const { words, doubles, floats } = records
  const f = start >> 1
  const packets = words[start + PACKETS] >>> 0
  const octets = doubles[f + OCTETS]
  const gaps = packets - 1
  const gapSum = doubles[f + IAT_SUM]
  const window = words[start + WINDOW]
  const range = words[start + WINDOW_RANGE]
  const zeroWindows = words[start + ZERO_WINDOWS] >>> 0
  const hasWindows = range !== 0 || zeroWindows > 0
  const flags = start + FLAGS
  const ttls = words[start + TTLS]
  const options = words[start + OPTIONS]
  const present = options >>> 24
  const roundTrips = words[rare + RTT_COUNT]
  return {
    packets,
    octets,
    payloadOctets: doubles[f + PAYLOAD_OCTETS],
    payloadPackets: words[start + PAYLOAD_PACKETS] >>> 0,
    lengthMin: words[start + LENGTH_MIN],
    lengthMax: words[start + LENGTH_MAX],
    lengthMean: packets > 0 ? octets / packets : 0,
    lengthStd: deviation(octets, doubles[f + LENGTH_SQUARES], packets),
    iatMinUs: floats[start + IAT_MIN_F32],
    iatMaxUs: floats[start + IAT_MAX_F32],
    iatMeanUs: gaps > 0 ? gapSum / gaps : 0,
    iatStdUs: deviation(gapSum, doubles[f + IAT_SQUARES], gaps),
    tcpFin: words[flags] >>> 0,
    tcpSyn: words[flags + 1] >>> 0,
    tcpRst: words[flags + 2] >>> 0,
    tcpPsh: words[flags + 3] >>> 0,
    tcpAck: words[flags + 4] >>> 0,
    tcpUrg: words[flags + 5] >>> 0,
    tcpWindowFirst: window > 0 ? window - 1 : undefined,
    tcpRetransmissions: words[start + RETRANSMISSIONS] >>> 0,
    ttlFirst: ttls & 0xff,
    ttlMin: (ttls >> 8) & 0xff,
    ttlMax: (ttls >> 16) & 0xff,
    dscp: ttls >>> 26,
    tcpWindowMin: hasWindows ? (zeroWindows > 0 ? 0 : range & 0xffff) : undefined,
    tcpWindowMax: hasWindows ? range >>> 16 : undefined,
    tcpZeroWindows: zeroWindows,
    tcpOutOfOrder: words[rare + OUT_OF_ORDER] >>> 0,
    tcpMss: (present & MSS) !== 0 ? options & 0xffff : undefined,
    tcpWindowScale: (present & WINDOW_SCALE) !== 0 ? (options >> 16) & 0xff : undefined,
    tcpSackPermitted: (present & SACK_PERMITTED) !== 0,
    tcpTimestamps: (present & TIMESTAMPS) !== 0,
    bursts: words[start + BURSTS] >>> 0,
    rttSamples: roundTrips,
    rttMinUs: words[rare + RTT_MIN] >>> 0,
    rttMaxUs: words[rare + RTT_MAX] >>> 0,
    rttMeanUs: roundTrips > 0 ? (words[rare + RTT_SUM] >>> 0) / roundTrips : 0,
  }
}

/** Population standard deviation from sums; 0 with fewer than two values. */
function deviation(sum: number, squares: number, count: number): number {
  if (count < 2) return 0
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 0
}

import type { DirectionStatistics } from '@picket/proto'
import { TcpOption } from '../decode/tcp-options.ts'
import type { FlowRecords } from './flow-records.ts'
import * as at from './layout.ts'

/** Copies one direction of a record out of the table; `start` and `rare` are where its two parts start, in words. */
export function toDirectionStatistics(records: FlowRecords, start: number, rare: number): DirectionStatistics {
  const { words, doubles, floats } = records
  const f = start >> 1
  const packets = words[start + at.PACKETS] >>> 0
  const octets = doubles[f + at.OCTETS]
  const gaps = packets - 1
  const window = words[start + at.WINDOW]
  const flags = start + at.FLAGS
  const ttls = words[start + at.TTLS]
  return {
    packets,
    octets,
    payloadOctets: doubles[f + at.PAYLOAD_OCTETS],
    payloadPackets: words[start + at.PAYLOAD_PACKETS] >>> 0,
    lengthMin: words[start + at.LENGTH_MIN],
    lengthMax: words[start + at.LENGTH_MAX],
    lengthMean: packets > 0 ? octets / packets : 0,
    lengthStd: deviation(octets, doubles[f + at.LENGTH_SQUARES], packets),
    iatMinUs: floats[start + at.IAT_MIN_F32],
    iatMaxUs: floats[start + at.IAT_MAX_F32],
    iatMeanUs: gaps > 0 ? doubles[f + at.IAT_SUM] / gaps : 0,
    iatStdUs: deviation(doubles[f + at.IAT_SUM], doubles[f + at.IAT_SQUARES], gaps),
    tcpFin: words[flags] >>> 0,
    tcpSyn: words[flags + 1] >>> 0,
    tcpRst: words[flags + 2] >>> 0,
    tcpPsh: words[flags + 3] >>> 0,
    tcpAck: words[flags + 4] >>> 0,
    tcpUrg: words[flags + 5] >>> 0,
    tcpWindowFirst: window > 0 ? window - 1 : undefined,
    tcpRetransmissions: words[start + at.RETRANSMISSIONS] >>> 0,
    ttlFirst: ttls & 0xff,
    ttlMin: (ttls >> 8) & 0xff,
    ttlMax: (ttls >> 16) & 0xff,
    dscp: ttls >>> 26,
    bursts: words[start + at.BURSTS] >>> 0,
    ...windowsOf(words, start),
    tcpOutOfOrder: words[rare + at.OUT_OF_ORDER] >>> 0,
    ...optionsOf(words[start + at.OPTIONS]),
    ...roundTripsOf(words, rare),
  }
}

type Windows = Pick<DirectionStatistics, 'tcpWindowMin' | 'tcpWindowMax' | 'tcpZeroWindows'>

function windowsOf(words: Int32Array, start: number): Windows {
  const range = words[start + at.WINDOW_RANGE]
  const zeros = words[start + at.ZERO_WINDOWS] >>> 0
  const has = range !== 0 || zeros > 0
  return {
    tcpWindowMin: has ? (zeros > 0 ? 0 : range & 0xffff) : undefined,
    tcpWindowMax: has ? range >>> 16 : undefined,
    tcpZeroWindows: zeros,
  }
}

type Options = Pick<DirectionStatistics, 'tcpMss' | 'tcpWindowScale' | 'tcpSackPermitted' | 'tcpTimestamps'>

function optionsOf(options: number): Options {
  const present = options >>> 24
  return {
    tcpMss: (present & TcpOption.MSS) !== 0 ? options & 0xffff : undefined,
    tcpWindowScale: (present & TcpOption.WINDOW_SCALE) !== 0 ? (options >> 16) & 0xff : undefined,
    tcpSackPermitted: (present & TcpOption.SACK_PERMITTED) !== 0,
    tcpTimestamps: (present & TcpOption.TIMESTAMPS) !== 0,
  }
}

type RoundTrips = Pick<DirectionStatistics, 'rttSamples' | 'rttMinUs' | 'rttMaxUs' | 'rttMeanUs'>

function roundTripsOf(words: Int32Array, rare: number): RoundTrips {
  const samples = words[rare + at.RTT_COUNT]
  return {
    rttSamples: samples,
    rttMinUs: words[rare + at.RTT_MIN] >>> 0,
    rttMaxUs: words[rare + at.RTT_MAX] >>> 0,
    rttMeanUs: samples > 0 ? (words[rare + at.RTT_SUM] >>> 0) / samples : 0,
  }
}

/** Population standard deviation from sums; 0 with fewer than two values. */
function deviation(sum: number, squares: number, count: number): number {
  if (count < 2) return 0
  const mean = sum / count
  const variance = squares / count - mean * mean
  return variance > 0 ? Math.sqrt(variance) : 0
}

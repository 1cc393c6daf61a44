import type { DirectionStatistics, Flow } from '@picket/proto'
import { FEATURE_COUNT } from './feature-set.ts'
import { writeAbsent, writeHandshake } from './handshake-features.ts'
import { HANDSHAKE_COUNT } from './handshake-table.ts'
import { DIRECT_GAPS, DIRECT_LENGTHS, SEQUENCE_LENGTH } from './sequence-table.ts'

const TCP = 6
const UDP = 17
const ICMP = 1
const ICMP_V6 = 58

const DIRECTION_FEATURES = 18
const OPENING_FEATURES = DIRECT_LENGTHS + DIRECT_GAPS + 6

/**
 * The feature vector of one flow, FEATURE_COUNT values in the order of FEATURE_NAMES, written to `out` from `offset`.
 * Absent values are NaN; every other value is finite. A pure function of the flow: no address or port is read, and of names only length and
 * entropy.
 */
export function flowFeatures(flow: Flow, out = new Float32Array(FEATURE_COUNT), offset = 0): Float32Array {
  const isTcp = flow.protocol === TCP
  let at = offset
  at = writeDirection(flow.forward, isTcp, out, at)
  at = writeDirection(flow.reverse, isTcp, out, at)
  at = writeTotals(flow, out, at)
  const lengths = flow.firstLengths
  const gaps = flow.firstGapsUs
  writeOpening(lengths, gaps, out, at)
  at += OPENING_FEATURES
  writeHandshake(flow, out, at)
  writeRestOfSequence(lengths, gaps, out, at + HANDSHAKE_COUNT)
  return out
}

function writeDirection(
  direction: DirectionStatistics | undefined,
  isTcp: boolean,
  out: Float32Array,
  at: number,
): number {
  const end = at + DIRECTION_FEATURES
  if (direction === undefined || direction.packets === 0) {
    out[at] = out[at + 1] = out[at + 2] = 0
    writeAbsent(out, at + 3, end)
    return end
  }
  const packets = direction.packets
  out[at++] = packets
  out[at++] = direction.octets
  out[at++] = direction.payloadOctets
  out[at++] = direction.payloadPackets / packets
  out[at++] = direction.lengthMin
  out[at++] = direction.lengthMax
  out[at++] = direction.lengthMean
  out[at++] = packets > 1 ? direction.lengthStd : NaN
  if (packets > 1) {
    out[at++] = direction.iatMinUs
    out[at++] = direction.iatMaxUs
    out[at++] = direction.iatMeanUs
    out[at++] = packets > 2 ? direction.iatStdUs : NaN
  } else {
    out[at++] = out[at++] = out[at++] = out[at++] = NaN
  }
  if (!isTcp) {
    writeAbsent(out, at, end)
    return end
  }
  out[at++] = direction.tcpSyn
  out[at++] = direction.tcpFin
  out[at++] = direction.tcpRst
  out[at++] = direction.tcpPsh / packets
  out[at++] = direction.tcpAck / packets
  out[at++] = direction.tcpRetransmissions / packets
  return at
}

function writeTotals(flow: Flow, out: Float32Array, at: number): number {
  const forward = flow.forward
  const reverse = flow.reverse
  const packets = (forward?.packets ?? 0) + (reverse?.packets ?? 0)
  const octets = (forward?.octets ?? 0) + (reverse?.octets ?? 0)
  const payload = (forward?.payloadOctets ?? 0) + (reverse?.payloadOctets ?? 0)
  const durationUs = Math.max(0, flow.endUs - flow.startUs)
  const seconds = durationUs / 1e6
  out[at++] = durationUs
  out[at++] = durationUs > 0 ? packets / seconds : NaN
  out[at++] = durationUs > 0 ? octets / seconds : NaN
  out[at++] = packets > 0 ? (forward?.packets ?? 0) / packets : NaN
  out[at++] = octets > 0 ? (forward?.octets ?? 0) / octets : NaN
  out[at++] = payload > 0 ? (forward?.payloadOctets ?? 0) / payload : NaN
  out[at++] = flow.handshakeRttUs ?? NaN
  out[at++] = flow.protocol === TCP ? 1 : 0
  out[at++] = flow.protocol === UDP ? 1 : 0
  out[at++] = flow.protocol === ICMP || flow.protocol === ICMP_V6 ? 1 : 0
  out[at++] = (reverse?.packets ?? 0) > 0 ? 1 : 0
  return at
}

function writeOpening(lengths: readonly number[], gaps: readonly number[], out: Float32Array, at: number): void {
  const count = lengths.length
  for (let i = 0; i < DIRECT_LENGTHS; i++) out[at++] = i < count ? lengths[i] : NaN
  for (let i = 0; i < DIRECT_GAPS; i++) out[at++] = i < gaps.length ? gaps[i] : NaN
  if (count === 0) {
    writeAbsent(out, at, at + 6)
    return
  }
  let sum = 0
  let squares = 0
  let turns = 0
  let sentForward = 0
  for (let i = 0; i < count; i++) {
    const length = Math.abs(lengths[i])
    sum += length
    squares += length * length
    if (lengths[i] >= 0) sentForward++
    if (i > 0 && lengths[i] >= 0 !== lengths[i - 1] >= 0) turns++
  }
  const mean = sum / count
  out[at++] = mean
  out[at++] = Math.sqrt(Math.max(0, squares / count - mean * mean))
  out[at++] = turns
  out[at++] = sentForward / count
  let gapSum = 0
  let pause = 0
  for (let i = 0; i < gaps.length; i++) {
    gapSum += gaps[i]
    if (gaps[i] > pause) pause = gaps[i]
  }
  out[at++] = gaps.length > 0 ? gapSum / gaps.length : NaN
  out[at++] = gaps.length > 0 ? pause : NaN
}

function writeRestOfSequence(lengths: readonly number[], gaps: readonly number[], out: Float32Array, at: number): void {
  for (let i = DIRECT_LENGTHS; i < SEQUENCE_LENGTH; i++) out[at++] = i < lengths.length ? lengths[i] : NaN
  for (let i = DIRECT_GAPS; i < SEQUENCE_LENGTH; i++) out[at++] = i < gaps.length ? gaps[i] : NaN
}

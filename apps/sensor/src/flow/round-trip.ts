import { type Packet, TcpFlag } from '../decode/packet.ts'
import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { AWAITED_FORWARD, AWAITED_REVERSE, AWAITED_SINCE, AWAITS_FORWARD, AWAITS_REVERSE } = layout
const { FORWARD_RARE, OFFSETS, REVERSE_RARE, RTT_COUNT, RTT_MAX, RECORD_WORDS, RTT_MIN, RTT_SUM, START_F64, STATE } =
  layout
const { ACK } = TcpFlag
const MAX_SUM = 0xffff_ffff

/**
 * Times payload until it is acknowledged, one segment a direction at a time: the way from the sensor to the receiver and
 * back, delayed acknowledgements included. What was sent again is not timed, as its acknowledgement may be for either
 * (RFC 6298 section 3). `isNew` tells whether the packet carries payload that was not sent before.
 */
export function timeRoundTrip(
  records: FlowRecords,
  slot: number,
  forward: boolean,
  packet: Packet,
  isNew: boolean,
): void {
  const { words } = records
  const w = (slot * RECORD_WORDS) & OFFSETS
  const sinceStart = packet.timeUs - records.doubles[(w >> 1) + START_F64]
  const state = words[w + STATE]
  const ackAwaits = forward ? AWAITS_REVERSE : AWAITS_FORWARD
  if ((state & ackAwaits) !== 0 && (packet.tcpFlags & ACK) !== 0) {
    const awaited = words[w + (forward ? AWAITED_REVERSE : AWAITED_FORWARD)]
    if (((packet.tcpAcknowledgement - awaited) | 0) >= 0) {
      words[w + STATE] &= ~ackAwaits
      addSample(words, w + (forward ? REVERSE_RARE : FORWARD_RARE), sinceStart)
    }
  }
  if (packet.payloadLength === 0) return
  const awaits = forward ? AWAITS_FORWARD : AWAITS_REVERSE
  if (!isNew) words[w + STATE] &= ~awaits
  else if ((state & awaits) === 0) {
    words[w + STATE] |= awaits
    words[w + (forward ? AWAITED_FORWARD : AWAITED_REVERSE)] = packet.tcpSequence + packet.payloadLength
    words[w + (forward ? FORWARD_RARE : REVERSE_RARE) + AWAITED_SINCE] = sinceStart
  }
}

function addSample(words: Int32Array, at: number, sinceStart: number): void {
  const sample = (sinceStart - words[at + AWAITED_SINCE]) >>> 0
  const sum = (words[at + RTT_SUM] >>> 0) + sample
  // 71 minutes of round trips in one record: no more are added.
  if (sum > MAX_SUM) return
  if (words[at + RTT_COUNT] === 0 || sample < words[at + RTT_MIN] >>> 0) words[at + RTT_MIN] = sample
  if (sample > words[at + RTT_MAX] >>> 0) words[at + RTT_MAX] = sample
  words[at + RTT_SUM] = sum
  words[at + RTT_COUNT]++
}

import { type Packet, TcpFlag } from '../decode/packet.ts'
import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { CLOSED_F64, FIN_FORWARD, FIN_REVERSE, HANDSHAKE_RTT, OFFSETS, RECORD_F64, RECORD_WORDS, RTT_DONE, STATE } =
  layout
const { SYN_ACK_AFTER, SYN_ACK_SEEN, SYN_F64 } = layout
const { ACK, FIN, RST, SYN } = TcpFlag

/**
 * Follows handshake and teardown: SYN, SYN+ACK, the initiator's first ACK, FIN of each side, RST. Returns whether the
 * packet closed the connection.
 */
export function trackConnection(records: FlowRecords, slot: number, packet: Packet, forward: boolean): boolean {
  const { words, doubles } = records
  const state = ((slot * RECORD_WORDS) & OFFSETS) + STATE
  const flags = packet.tcpFlags
  if ((flags & (FIN | SYN | RST)) === 0) {
    if (forward && (words[state] & (SYN_ACK_SEEN | RTT_DONE)) === SYN_ACK_SEEN) endHandshake(records, slot, packet)
    return false
  }
  if ((flags & SYN) !== 0) trackHandshake(records, slot, packet, forward)
  if ((flags & FIN) !== 0) words[state] |= forward ? FIN_FORWARD : FIN_REVERSE
  const isFinished = (words[state] & FIN_FORWARD) !== 0 && (words[state] & FIN_REVERSE) !== 0
  const closed = slot * RECORD_F64 + CLOSED_F64
  if ((!isFinished && (flags & RST) === 0) || doubles[closed] > 0) return false
  doubles[closed] = packet.timeUs
  return true
}

function trackHandshake(records: FlowRecords, slot: number, packet: Packet, forward: boolean): void {
  const { words, doubles } = records
  const w = slot * RECORD_WORDS
  const syn = slot * RECORD_F64 + SYN_F64
  const isAnswer = (packet.tcpFlags & ACK) !== 0
  if (!isAnswer && forward && (words[w + STATE] & SYN_ACK_SEEN) === 0) doubles[syn] = packet.timeUs
  else if (isAnswer && !forward && doubles[syn] > 0 && (words[w + STATE] & SYN_ACK_SEEN) === 0) {
    words[w + STATE] |= SYN_ACK_SEEN
    words[w + SYN_ACK_AFTER] = packet.timeUs - doubles[syn]
  }
}

function endHandshake(records: FlowRecords, slot: number, packet: Packet): void {
  const w = slot * RECORD_WORDS
  records.words[w + STATE] |= RTT_DONE
  records.words[w + HANDSHAKE_RTT] = packet.timeUs - records.doubles[slot * RECORD_F64 + SYN_F64]
}

/** Whether the packet opens a connection where one was closed in this record. */
export function reopens(records: FlowRecords, slot: number, packet: Packet): boolean {
  return (packet.tcpFlags & (SYN | ACK)) === SYN && records.doubles[slot * RECORD_F64 + CLOSED_F64] > 0
}

import { type Packet, TcpFlag } from '../decode/packet.ts'
import { decodeTcpOptions } from '../decode/tcp-options.ts'
import * as layout from './layout.ts'

const { FLAGS, HOLE_END, HOLE_START, NEXT_SEQUENCE, OFFSETS, OPTIONS, OUT_OF_ORDER, RETRANSMISSIONS } = layout
const { WINDOW, WINDOW_RANGE, ZERO_WINDOWS } = layout
const { ACK, PSH, RST, SYN } = TcpFlag

/**
 * Adds what the TCP header of a packet says to one direction of a record, given by the starts of its two parts. Returns whether its payload is new: beyond
 * the highest octet seen before.
 */
export function addTcp(words: Int32Array, direction: number, rare: number, packet: Packet): boolean {
  const at = direction & OFFSETS
  const flags = packet.tcpFlags
  if ((flags & ACK) !== 0) words[at + FLAGS + 4]++
  if ((flags & PSH) !== 0) words[at + FLAGS + 3]++
  if ((flags & ~(ACK | PSH)) !== 0) {
    words[at + FLAGS] += flags & 1
    words[at + FLAGS + 1] += (flags >> 1) & 1
    words[at + FLAGS + 2] += (flags >> 2) & 1
    words[at + FLAGS + 5] += (flags >> 5) & 1
    if ((flags & SYN) !== 0 && words[at + OPTIONS] === 0) words[at + OPTIONS] = decodeTcpOptions(packet)
  }
  if (words[at + WINDOW] === 0) {
    words[at + WINDOW] = packet.tcpWindow + 1
    const start = packet.tcpSequence + ((flags & SYN) !== 0 ? 1 : 0)
    words[at + NEXT_SEQUENCE] = start
    words[rare + HOLE_START] = start
    words[rare + HOLE_END] = start
  }
  if ((flags & (SYN | RST)) === 0) addWindow(words, at, packet.tcpWindow)
  return packet.payloadLength > 0 && isNew(words, at, rare, packet)
}

/** The window of a SYN is not scaled and that of a RST means nothing: neither comes here. */
function addWindow(words: Int32Array, at: number, window: number): void {
  const range = words[at + WINDOW_RANGE]
  if (window === 0) words[at + ZERO_WINDOWS]++
  else if (range === 0) words[at + WINDOW_RANGE] = window | (window << 16)
  else if (window < (range & 0xffff)) words[at + WINDOW_RANGE] = (range & ~0xffff) | window
  else if (window > range >>> 16) words[at + WINDOW_RANGE] = (range & 0xffff) | (window << 16)
}

/**
 * Moves the highest sequence number on. A payload that starts before it is a retransmission, unless it fills the latest
 * hole (then it came out of order) or is a keep-alive probe: at most one octet just before the next one (RFC 9293
 * section 3.8.4).
 */
function isNew(words: Int32Array, direction: number, rarely: number, packet: Packet): boolean {
  const at = direction & OFFSETS
  const rare = rarely & OFFSETS
  const start = packet.tcpSequence
  const end = (start + packet.payloadLength) | 0
  const next = words[at + NEXT_SEQUENCE]
  const ahead = (start - next) | 0
  if (ahead >= 0) {
    if (ahead > 0) {
      words[rare + HOLE_START] = next
      words[rare + HOLE_END] = start
    }
    words[at + NEXT_SEQUENCE] = end
    return true
  }
  if (((end - next) | 0) > 0) words[at + NEXT_SEQUENCE] = end
  const intoHole = (start - words[rare + HOLE_START]) | 0
  const holeLeft = (words[rare + HOLE_END] - start) | 0
  if (intoHole >= 0 && holeLeft > 0) {
    words[rare + HOLE_START] = end
    if (((words[rare + HOLE_END] - end) | 0) < 0) words[rare + HOLE_END] = end
    words[rare + OUT_OF_ORDER]++
  } else if (ahead !== -1 || packet.payloadLength !== 1) words[at + RETRANSMISSIONS]++
  return false
}

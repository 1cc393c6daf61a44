import type { Packet } from '../decode/packet.ts'
import { Protocol, TcpFlag } from '../decode/packet.ts'
import {
  DIRECTION_LAST,
  FLAGS,
  HOLE_END,
  HOLE_START,
  IAT_MAX,
  IAT_MIN,
  IAT_SQUARES,
  IAT_SUM,
  LENGTH_MAX,
  LENGTH_MIN,
  LENGTH_SQUARES,
  NEXT_SEQUENCE,
  OCTETS,
  PACKETS,
  PAYLOAD_OCTETS,
  PAYLOAD_PACKETS,
  RETRANSMISSIONS,
  TTLS,
  WINDOW,
} from './layout.ts'

/** Adds a packet to one direction of a record; `at` is the direction's start in words. */
export function addToDirection(words: Uint32Array, doubles: Float64Array, at: number, packet: Packet): void {
  const { length, payloadLength, timeUs } = packet
  const f = at >> 1
  const packets = words[at + PACKETS]
  doubles[f + OCTETS] += length
  doubles[f + LENGTH_SQUARES] += length * length
  if (packets === 0) {
    words[at + LENGTH_MIN] = length
    words[at + LENGTH_MAX] = length
    words[at + TTLS] = packet.ttl | (packet.ttl << 16)
  } else {
    const gap = timeUs > doubles[f + DIRECTION_LAST] ? timeUs - doubles[f + DIRECTION_LAST] : 0
    if (packets === 1 || gap < doubles[f + IAT_MIN]) doubles[f + IAT_MIN] = gap
    if (gap > doubles[f + IAT_MAX]) doubles[f + IAT_MAX] = gap
    doubles[f + IAT_SUM] += gap
    doubles[f + IAT_SQUARES] += gap * gap
    if (length < words[at + LENGTH_MIN]) words[at + LENGTH_MIN] = length
    if (length > words[at + LENGTH_MAX]) words[at + LENGTH_MAX] = length
    if (packet.ttl < words[at + TTLS] >>> 16) words[at + TTLS] = (words[at + TTLS] & 0xffff) | (packet.ttl << 16)
  }
  doubles[f + DIRECTION_LAST] = timeUs
  words[at + PACKETS] = packets + 1
  if (payloadLength > 0) {
    doubles[f + PAYLOAD_OCTETS] += payloadLength
    words[at + PAYLOAD_PACKETS]++
  }
  if (packet.protocol === Protocol.TCP && !packet.laterFragment) addTcp(words, at, packet)
}

function addTcp(words: Uint32Array, at: number, packet: Packet): void {
  const flags = packet.tcpFlags
  if ((flags & TcpFlag.ACK) !== 0) words[at + FLAGS + 4]++
  if ((flags & TcpFlag.PSH) !== 0) words[at + FLAGS + 3]++
  if ((flags & ~(TcpFlag.ACK | TcpFlag.PSH)) !== 0) {
    words[at + FLAGS] += flags & 1
    words[at + FLAGS + 1] += (flags >> 1) & 1
    words[at + FLAGS + 2] += (flags >> 2) & 1
    words[at + FLAGS + 5] += (flags >> 5) & 1
  }
  if (words[at + WINDOW] === 0) {
    words[at + WINDOW] = packet.tcpWindow + 1
    const start = packet.tcpSequence + ((flags & TcpFlag.SYN) !== 0 ? 1 : 0)
    words[at + NEXT_SEQUENCE] = start
    words[at + HOLE_START] = start
    words[at + HOLE_END] = start
  }
  if (packet.payloadLength > 0) trackSequence(words, at, packet)
}

/**
 * Counts a retransmission when the payload starts before the highest octet seen, unless it fills the latest hole (then
 * it only came late) or is a keep-alive probe: at most one octet just before the next one (RFC 9293 section 3.8.4).
 */
function trackSequence(words: Uint32Array, at: number, packet: Packet): void {
  const start = packet.tcpSequence
  const end = (start + packet.payloadLength) | 0
  const next = words[at + NEXT_SEQUENCE] | 0
  const ahead = (start - next) | 0
  if (ahead >= 0) {
    if (ahead > 0) {
      words[at + HOLE_START] = next
      words[at + HOLE_END] = start
    }
    words[at + NEXT_SEQUENCE] = end
    return
  }
  if (((end - next) | 0) > 0) words[at + NEXT_SEQUENCE] = end
  const intoHole = (start - words[at + HOLE_START]) | 0
  const holeLeft = (words[at + HOLE_END] - start) | 0
  if (intoHole >= 0 && holeLeft > 0) {
    words[at + HOLE_START] = end
    if (((words[at + HOLE_END] - end) | 0) < 0) words[at + HOLE_END] = end
    return
  }
  if (ahead === -1 && packet.payloadLength === 1) return
  words[at + RETRANSMISSIONS]++
}

import type { Packet } from '../decode/packet.ts'
import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { DIRECTION_LAST, IAT_MAX_F32, IAT_MIN_F32, IAT_SQUARES, IAT_SUM, LENGTH_MAX, LENGTH_MIN, LENGTH_SQUARES } =
  layout
const { OCTETS, OFFSETS, PACKETS, PAYLOAD_OCTETS, PAYLOAD_PACKETS, TTLS } = layout

/** Adds a packet to one direction of a record; `direction` is where that starts, in words. */
export function addToDirection(records: FlowRecords, direction: number, packet: Packet): void {
  const { words, doubles } = records
  const { length, payloadLength, ttl } = packet
  const at = direction & OFFSETS
  const f = at >> 1
  const packets = words[at + PACKETS]
  doubles[f + OCTETS] += length
  doubles[f + LENGTH_SQUARES] += length * length
  if (packets === 0) {
    words[at + LENGTH_MIN] = length
    words[at + LENGTH_MAX] = length
    words[at + TTLS] = ttl | (ttl << 8) | (ttl << 16) | (packet.trafficClass << 24)
  } else {
    addGap(records, at, packet)
    if (length < words[at + LENGTH_MIN]) words[at + LENGTH_MIN] = length
    if (length > words[at + LENGTH_MAX]) words[at + LENGTH_MAX] = length
    const ttls = words[at + TTLS]
    if (ttl !== (ttls & 0xff)) words[at + TTLS] = withTtl(ttls, ttl)
  }
  doubles[f + DIRECTION_LAST] = packet.timeUs
  words[at + PACKETS] = packets + 1
  if (payloadLength > 0) {
    doubles[f + PAYLOAD_OCTETS] += payloadLength
    words[at + PAYLOAD_PACKETS]++
  }
}

/** Time since the packet before of this direction; 0 where the clock stepped back. */
function addGap(records: FlowRecords, direction: number, packet: Packet): void {
  const { doubles, floats } = records
  const at = direction & OFFSETS
  const f = at >> 1
  const since = packet.timeUs - doubles[f + DIRECTION_LAST]
  const gap = since > 0 ? since : 0
  if (records.words[at + PACKETS] === 1 || gap < floats[at + IAT_MIN_F32]) floats[at + IAT_MIN_F32] = gap
  if (gap > floats[at + IAT_MAX_F32]) floats[at + IAT_MAX_F32] = gap
  doubles[f + IAT_SUM] += gap
  doubles[f + IAT_SQUARES] += gap * gap
}

/** Octets of TTLS: first, smallest, largest, traffic class. */
function withTtl(ttls: number, ttl: number): number {
  if (ttl < ((ttls >> 8) & 0xff)) return (ttls & ~0xff00) | (ttl << 8)
  if (ttl > ((ttls >> 16) & 0xff)) return (ttls & ~0xff0000) | (ttl << 16)
  return ttls
}

import { type Packet, Protocol } from '../decode/packet.ts'
import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { COUNTED, FLAGS, NEXT_SEQUENCE, OCTETS, PACKETS, PAYLOAD_OCTETS, PAYLOAD_PACKETS, RECORD_WORDS, STATE, TTLS } =
  layout
const FLAG_COUNTERS = 6

/** What is left of a packet on a host that needs its processor: its number, octets and TCP flags; `at` is its direction's start in words. */
export function countPacket(records: FlowRecords, slot: number, at: number, packet: Packet): void {
  const { words, doubles } = records
  const f = at >> 1
  words[slot * RECORD_WORDS + STATE] |= COUNTED
  if (words[at + PACKETS] === 0) {
    const { ttl } = packet
    words[at + TTLS] = ttl | (ttl << 8) | (ttl << 16) | (packet.trafficClass << 24)
  }
  words[at + PACKETS]++
  doubles[f + OCTETS] += packet.length
  if (packet.payloadLength > 0) {
    doubles[f + PAYLOAD_OCTETS] += packet.payloadLength
    words[at + PAYLOAD_PACKETS]++
  }
  if (packet.protocol !== Protocol.TCP || packet.laterFragment) return
  // So that the next part of the conversation does not take what comes then for retransmitted.
  words[at + NEXT_SEQUENCE] = packet.tcpSequence + packet.payloadLength
  for (let bit = 0; bit < FLAG_COUNTERS; bit++) words[at + FLAGS + bit] += (packet.tcpFlags >> bit) & 1
}

import type { Packet } from '../decode/packet.ts'
import { type FlowKey, KEY_REST } from './flow-key.ts'
import type { FlowRecords } from './flow-records.ts'
import { FROM_RESPONDER, REASON, initiatorOf } from './initiator.ts'
import * as layout from './layout.ts'

const { AWAITS_FORWARD, AWAITS_REVERSE, BURST_REVERSE, CONTINUED, COUNTED, FIRST_COUNT, FIRST_LENGTHS } = layout
const {
  FORWARD,
  FORWARD_RARE,
  HANDSHAKE_RTT,
  HASH,
  HAS_DESTINATION_MAC,
  HAS_SOURCE_MAC,
  HOLE_END,
  HOLE_START,
  IN_USE,
} = layout
const {
  KEY_A_REST,
  LAST_F64,
  MACS,
  NEXT_SEQUENCE,
  REASON_SHIFT,
  RECORD_F64,
  RECORD_WORDS,
  REVERSE,
  REVERSE_RARE,
  RTT_DONE,
} = layout
const { SOURCE_IS_B, START_F64, STATE, SYN_ACK_AFTER, SYN_ACK_SEEN, SYN_F64, WINDOW } = layout

/** Fills a zeroed record with the key of its first packet and says who began. */
export function startRecord(records: FlowRecords, slot: number, key: FlowKey, packet: Packet): void {
  const { words, doubles } = records
  const w = slot * RECORD_WORDS
  for (let i = 0; i < KEY_REST; i++) words[w + i] = key.words[i]
  if (key.isWide) for (let i = 0; i < 6; i++) words[w + KEY_A_REST + i] = key.words[KEY_REST + i]
  words[w + HASH] = key.hash
  const initiator = initiatorOf(packet)
  const fromResponder = (initiator & FROM_RESPONDER) !== 0
  const source = key.fromB !== fromResponder ? SOURCE_IS_B : 0
  words[w + STATE] = IN_USE | source | ((initiator & REASON) << REASON_SHIFT)
  setLinkAddresses(records, slot, packet, !fromResponder)
  doubles[slot * RECORD_F64 + START_F64] = packet.timeUs
  doubles[slot * RECORD_F64 + LAST_F64] = packet.timeUs
}

function setLinkAddresses(records: FlowRecords, slot: number, packet: Packet, forward: boolean): void {
  const { words, bytes } = records
  const w = slot * RECORD_WORDS
  const source = forward ? packet.sourceMac : packet.destinationMac
  const destination = forward ? packet.destinationMac : packet.sourceMac
  const to = (w + MACS) * 4
  if (source >= 0) {
    words[w + STATE] |= HAS_SOURCE_MAC
    for (let i = 0; i < 6; i++) bytes[to + i] = packet.bytes[source + i]
  }
  if (destination >= 0) {
    words[w + STATE] |= HAS_DESTINATION_MAC
    for (let i = 0; i < 6; i++) bytes[to + 6 + i] = packet.bytes[destination + i]
  }
}

/** Empties a record for the next part of the same conversation: key, addresses, sequence numbers and closing stay. */
export function continueRecord(records: FlowRecords, slot: number, timeUs: number): void {
  const { words, doubles } = records
  const w = slot * RECORD_WORDS
  const f = slot * RECORD_F64
  continueDirection(words, w + FORWARD, w + FORWARD_RARE)
  continueDirection(words, w + REVERSE, w + REVERSE_RARE)
  words.fill(0, w + FIRST_LENGTHS, w + RECORD_WORDS)
  words[w + FIRST_COUNT] = 0
  words[w + HANDSHAKE_RTT] = 0
  words[w + SYN_ACK_AFTER] = 0
  doubles[f + SYN_F64] = 0
  const ofThePart = SYN_ACK_SEEN | RTT_DONE | AWAITS_FORWARD | AWAITS_REVERSE | BURST_REVERSE | COUNTED
  words[w + STATE] = (words[w + STATE] | CONTINUED) & ~ofThePart
  doubles[f + START_F64] = timeUs
  doubles[f + LAST_F64] = timeUs
}

function continueDirection(words: Int32Array, at: number, rare: number): void {
  const next = words[at + NEXT_SEQUENCE]
  const window = words[at + WINDOW]
  words.fill(0, at, at + REVERSE - FORWARD)
  words.fill(0, rare, rare + REVERSE_RARE - FORWARD_RARE)
  words[at + NEXT_SEQUENCE] = next
  words[at + WINDOW] = window
  words[rare + HOLE_START] = next
  words[rare + HOLE_END] = next
}

import { Family, type Packet } from '../decode/packet.ts'
import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { BURSTS, BURST_REVERSE, DIRECTION_LAST, FIRST_COUNT, FIRST_GAPS, FIRST_LENGTHS, FIRST_PACKETS } = layout
const { FORWARD, OFFSETS, RECORD_WORDS, REVERSE, STATE } = layout
const { IPV6 } = Family
/** A pause this long ends a burst. */
const BURST_PAUSE_US = 1_000_000
const MAX_HALF = 0xffff
/** Octets of a fixed IPv6 header: taken off, what is left is a 16-bit field of that header. */
export const IPV6_HEADER = 40

/**
 * Adds a packet with payload to the series of the whole flow: the first lengths and gaps, and the bursts of each
 * direction (payload without payload of the other end, or a pause, in between). Called before the packet is added to its direction.
 */
export function addToSeries(records: FlowRecords, slot: number, packet: Packet, forward: boolean, gapUs: number): void {
  const { words } = records
  const w = (slot * RECORD_WORDS) & OFFSETS
  const count = words[w + FIRST_COUNT] & MAX_HALF
  if (count < FIRST_PACKETS) {
    const length = packet.family === IPV6 ? packet.length - IPV6_HEADER : packet.length
    records.halves[2 * (w + FIRST_LENGTHS) + count] = length < MAX_HALF ? length : MAX_HALF
    words[w + FIRST_GAPS + count] = gapUs
    words[w + FIRST_COUNT] = (words[w + FIRST_COUNT] + 1) | (forward ? 0 : 0x10000 << count)
  }
  const at = w + (forward ? FORWARD : REVERSE)
  const isReverse = (words[w + STATE] & BURST_REVERSE) !== 0
  const pauseUs = packet.timeUs - records.doubles[(at >> 1) + DIRECTION_LAST]
  if (isReverse === forward || words[at + BURSTS] === 0 || pauseUs >= BURST_PAUSE_US) {
    words[at + BURSTS]++
    if (forward) words[w + STATE] &= ~BURST_REVERSE
    else words[w + STATE] |= BURST_REVERSE
  }
}

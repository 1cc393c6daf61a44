import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { HASH, RECORD_WORDS } = layout
const INITIAL_ENTRIES = 2_048
const SLOT_BITS = 24
const SLOT = (1 << SLOT_BITS) - 1

/**
 * Open addressing from a 32-bit hash to a slot of the records, linear probing, at most half full, deletion by shifting
 * back. An entry is the high octet of the hash and slot + 1, so that a miss seldom costs a look at a record.
 */
export class HashIndex {
  readonly #records: FlowRecords
  #entries = new Int32Array(INITIAL_ENTRIES)
  #mask = INITIAL_ENTRIES - 1
  #count = 0

  constructor(records: FlowRecords) {
    this.#records = records
  }

  /** Octets of memory. */
  get octets(): number {
    return this.#entries.byteLength
  }

  /** Position of the first entry that may have this hash from `position` on; -1 where the probe sequence ends. */
  find(hash: number, position: number): number {
    const entries = this.#entries
    const mask = this.#mask
    const tag = hash >>> SLOT_BITS
    for (let at = position & mask; ; at = (at + 1) & mask) {
      const entry = entries[at]
      if (entry === 0) return -1
      if (entry >>> SLOT_BITS === tag) return at
    }
  }

  /** The slot where a look for this hash begins, which mostly is that of its flow; -1 where there is no flow of this hash. */
  slotNear(hash: number): number {
    return (this.#entries[hash & this.#mask] & SLOT) - 1
  }

  slotAt(position: number): number {
    return (this.#entries[position] & SLOT) - 1
  }

  /** The record has to be filled in by then. */
  insert(hash: number, slot: number): void {
    this.#put(hash, slot)
    if (2 * ++this.#count > this.#entries.length) this.#grow()
  }

  remove(hash: number, slot: number): void {
    const entries = this.#entries
    const mask = this.#mask
    let hole = hash & mask
    while ((entries[hole] & SLOT) !== slot + 1) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; entries[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf(entries[at]) & mask
      // The entry may fill the hole unless its home lies after the hole, on the way to where it is.
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      entries[hole] = entries[at]
      hole = at
    }
    entries[hole] = 0
    this.#count--
  }

  #put(hash: number, slot: number): void {
    const entries = this.#entries
    const mask = this.#mask
    let at = hash & mask
    while (entries[at] !== 0) at = (at + 1) & mask
    entries[at] = (hash & ~SLOT) | (slot + 1)
  }

  #hashOf(entry: number): number {
    return this.#records.words[((entry & SLOT) - 1) * RECORD_WORDS + HASH]
  }

  /** Doubles, by the records in the order they lie in: a million take about 30 ms. */
  #grow(): void {
    const { words, deadlines, highWater } = this.#records
    this.#entries = new Int32Array(this.#entries.length * 2)
    this.#mask = this.#entries.length - 1
    for (let slot = 0; slot < highWater; slot++) {
      if (deadlines[slot] !== Infinity) this.#put(words[slot * RECORD_WORDS + HASH], slot)
    }
  }
}

import type { FlowRecords } from './flow-records.ts'
import * as layout from './layout.ts'

const { CLOSED_F64, FORWARD, IN_USE, LAST_F64, PACKETS, RECORD_F64, RECORD_WORDS, REVERSE, STATE } = layout

/** Records looked at for each that is evicted, and at most, while there are only conversations among them. */
const SAMPLE = 16
const MOST = 64
const CONVERSATION = 3

/**
 * Chooses which flow makes room when the table is full: of the next few records, going round, one that is closed, else
 * a packet that nobody answered, else a one-way flow, else a conversation; among equals the longest silent. So a flood of
 * unanswered packets pushes out itself and leaves conversations alone.
 */
export class Eviction {
  readonly #records: FlowRecords
  #next = 0

  constructor(records: FlowRecords) {
    this.#records = records
  }

  /** A slot in use; there has to be one. */
  choose(): number {
    const { words, doubles, highWater } = this.#records
    let chosen = -1
    let chosenValue = 0
    for (let sampled = 0; sampled < SAMPLE || (chosenValue === CONVERSATION && sampled < MOST);) {
      const slot = this.#next
      this.#next = slot + 1 < highWater ? slot + 1 : 0
      if ((words[slot * RECORD_WORDS + STATE] & IN_USE) === 0) continue
      sampled++
      const value = valueOf(words, doubles, slot)
      const isLess = value < chosenValue || (value === chosenValue && lastOf(doubles, slot) < lastOf(doubles, chosen))
      if (chosen < 0 || isLess) {
        chosen = slot
        chosenValue = value
      }
    }
    return chosen
  }
}

function valueOf(words: Int32Array, doubles: Float64Array, slot: number): number {
  if (doubles[slot * RECORD_F64 + CLOSED_F64] > 0) return 0
  const w = slot * RECORD_WORDS
  if (words[w + REVERSE + PACKETS] > 0 && words[w + FORWARD + PACKETS] > 0) return CONVERSATION
  return words[w + REVERSE + PACKETS] + words[w + FORWARD + PACKETS] === 1 ? 1 : 2
}

function lastOf(doubles: Float64Array, slot: number): number {
  return doubles[slot * RECORD_F64 + LAST_F64]
}

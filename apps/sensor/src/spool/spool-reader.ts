import type { Segment } from './segment.ts'
import type { Spool } from './spool.ts'

/** A batch as it goes onto the stream. */
export interface SpooledBatch {
  readonly epoch: number
  readonly sequence: number
  readonly createdUs: number
  readonly payload: Uint8Array
}

/**
 * Walks the spool once, from its oldest waiting batch to the newest and on as it grows; a new stream takes a new
 * reader. Segments may vanish under it (acknowledged, discarded): it goes on with what came after.
 */
export class SpoolReader {
  readonly #spool: Spool
  #segment: Segment | undefined
  #index = 0
  /** The last entry passed, as epoch and sequence. */
  #passed: [number, number] = [0, 0]

  constructor(spool: Spool) {
    this.#spool = spool
  }

  /** The next batch, or undefined when there is none now. */
  next(): SpooledBatch | undefined {
    for (let segment = this.#locate(); segment; segment = this.#locate()) {
      const entry = segment.entries[this.#index++]
      if (!entry) continue
      this.#passed = [segment.epoch, entry.sequence]
      if (entry.dropped) continue
      const payload = segment.read(entry)
      if (payload) {
        segment.handedOut = true
        return { epoch: segment.epoch, sequence: entry.sequence, createdUs: entry.createdUs, payload }
      }
      this.#spool.drop(segment, entry, { source: 'spool', cause: 'spool-corrupt' })
    }
    return undefined
  }

  /** Puts segment and index on the first waiting entry not yet passed. */
  #locate(): Segment | undefined {
    const { segments } = this.#spool
    const current = this.#segment
    // A welcome may settle entries that were never handed out by this reader.
    if (current) this.#index = Math.max(this.#index, current.settled)
    if (current && this.#index < current.entries.length && segments.includes(current)) return current
    const next = segments.find((segment) => segment !== current && this.#isAhead(segment))
    if (!next) return undefined
    this.#segment = next
    this.#index = next.settled
    return next
  }

  #isAhead(segment: Segment): boolean {
    const last = segment.entries.at(-1)
    if (!last || segment.settled === segment.entries.length) return false
    const [epoch, sequence] = this.#passed
    return segment.epoch > epoch || (segment.epoch === epoch && last.sequence > sequence)
  }
}

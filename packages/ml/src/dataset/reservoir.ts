import type { Random } from '../training/random.ts'
import type { LabelledRows } from './labelled-rows.ts'
import { RowCollector } from './row-collector.ts'

/** A uniform sample of a stream of any length in bounded memory (algorithm R), the same for the same seed and stream. */
export class Reservoir {
  readonly #collector: RowCollector
  readonly #capacity: number
  readonly #random: Random
  #seen = 0

  constructor(width: number, capacity: number, random: Random) {
    this.#collector = new RowCollector(width)
    this.#capacity = capacity
    this.#random = random
  }

  /** Rows offered so far, kept or not. */
  get seen(): number {
    return this.#seen
  }

  add(values: ArrayLike<number | null>, label: string | undefined): void {
    this.#seen++
    if (this.#collector.count < this.#capacity) {
      this.#collector.add(values, label)
      return
    }
    const position = Math.floor(this.#random() * this.#seen)
    if (position < this.#capacity) this.#collector.set(position, values, label)
  }

  finish(featureNames: readonly string[]): LabelledRows {
    return this.#collector.finish(featureNames)
  }
}

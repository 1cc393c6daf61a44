import { countFailures } from '@picket/ml/classification'
import { SlotIndex } from './slot-index.ts'

const PAIRS = 4096
/** Intervals before a rhythm is told. */
const LEAST_INTERVALS = 8
/** A shorter one leads to the next request of the same visit. */
const LEAST_INTERVAL_US = 2e6
/** Of an interval in the mean of the intervals, once there are as many. */
const INTERVAL_WEIGHT = 1 / 32

/**
 * How regularly a source comes back to a service, and how often it fails there: the variation of the intervals between the starts of its flows,
 * their standard deviation by their mean, exponentially weighted; and its failed attempts of late. At most 4,096 pairs; one not seen of late
 * is forgotten.
 */
export class PairRhythm {
  readonly #startUs = new Float64Array(PAIRS)
  readonly #intervals = new Float64Array(PAIRS)
  readonly #mean = new Float64Array(PAIRS)
  readonly #variance = new Float64Array(PAIRS)
  readonly #failures = new Float64Array(PAIRS)
  readonly #failuresUs = new Float64Array(PAIRS)
  readonly #index = new SlotIndex(PAIRS, (slot) => this.#clear(slot))

  get evictions(): number {
    return this.#index.evictions
  }

  /** All there is to remember. */
  memory(): ArrayBufferView[] {
    const rhythm = [this.#startUs, this.#intervals, this.#mean, this.#variance]
    return [...rhythm, this.#failures, this.#failuresUs, ...this.#index.memory()]
  }

  /** After the memory was filled in; as SlotIndex. */
  recall(): void {
    this.#index.recall()
  }

  /** Counts a flow of the pair with this key that started then, and gives the pair's slot. Requests within 2 s of the one before are the same visit. */
  count(key: number, startUs: number): number {
    const slot = this.#index.slotOf(key)
    const before = this.#startUs[slot]
    const interval = startUs - before
    this.#startUs[slot] = Math.max(before, startUs)
    if (before === 0 || interval < LEAST_INTERVAL_US) return slot
    const intervals = ++this.#intervals[slot]
    const weight = Math.max(1 / intervals, INTERVAL_WEIGHT)
    const difference = interval - this.#mean[slot]
    this.#mean[slot] += weight * difference
    this.#variance[slot] = (1 - weight) * (this.#variance[slot] + weight * difference * difference)
    return slot
  }

  /** 0 is a clock, 1 is chance; NaN before eight intervals. */
  variation(slot: number): number {
    return this.#intervals[slot] < LEAST_INTERVALS ? NaN : Math.sqrt(this.#variance[slot]) / this.#mean[slot]
  }

  intervals(slot: number): number {
    return this.#intervals[slot]
  }

  /** Counts what came of an attempt that began then, and gives the failed ones of late; each counts half after ten minutes. */
  failures(slot: number, startUs: number, hasFailed: boolean): number {
    const secondsAgo = (startUs - this.#failuresUs[slot]) / 1e6
    this.#failuresUs[slot] = Math.max(startUs, this.#failuresUs[slot])
    return (this.#failures[slot] = countFailures(this.#failures[slot], secondsAgo, hasFailed))
  }

  #clear(slot: number): void {
    this.#startUs[slot] = this.#intervals[slot] = this.#mean[slot] = this.#variance[slot] = 0
    this.#failures[slot] = this.#failuresUs[slot] = 0
  }
}

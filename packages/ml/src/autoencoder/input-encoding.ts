/** How a row of features becomes what a network reads, and how much each input counts. */
export interface InputEncoding {
  readonly network: 'dense' | 'sequence'
  /** Columns of a row. */
  readonly featureCount: number
  /** Column that each input tells of. */
  readonly columns: Uint16Array
  /** Writes one row's inputs, one for each of `columns`; values may be infinite or NaN. */
  encode(row: Float32Array, inputs: Float32Array): void
  /** Writes how much the squared error of each of these inputs counts; together 1. */
  weigh(inputs: Float32Array, weights: Float32Array): void
}

/** Beyond this many spreads from the mean all values are the same to a network. */
export const MOST_SPREADS = 6

export const withinSpreads = (value: number): number => Math.min(MOST_SPREADS, Math.max(-MOST_SPREADS, value))

/** sign(x) * ln(1 + |x|). */
export const signedLog = (value: number): number => Math.sign(value) * Math.log(1 + Math.abs(value))

/** Mean of some values and one over their standard deviation; 1 where they are all the same, so that another value stands out. */
export class SpreadSum {
  #count = 0
  #sum = 0
  #squares = 0

  get count(): number {
    return this.#count
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  get factor(): number {
    if (this.#count === 0) return 1
    const deviation = Math.sqrt(Math.max(0, this.#squares / this.#count - this.mean ** 2))
    return deviation > 1e-4 ? 1 / deviation : 1
  }

  /** NaN is left out. */
  add(value: number): void {
    if (Number.isNaN(value)) return
    this.#count++
    this.#sum += value
    this.#squares += value * value
  }
}

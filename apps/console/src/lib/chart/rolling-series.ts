/** Columns of equal buckets as the series endpoints send them; null is no data. */
export interface SeriesColumns {
  /** Bucket starts, epoch seconds, `stepSeconds` apart. */
  t: number[]
  stepSeconds: number
  columns: Record<string, (number | null)[]>
}

export interface SeriesSample {
  id: string
  /** End of the sampled span, epoch seconds. */
  time: number
  /** Length of the span in seconds. */
  span: number
  /** What was counted in the span; the bucket shows it per second. */
  amount: number
}

/** Samples further ahead than this are of a clock that is wrong; they are left out and counted. */
const AHEAD_S = 10

/**
 * A window of equal time buckets that moves with live samples. A bucket's value is what was counted divided by the time it
 * was counted over; buckets nothing came for stay null. Holds at most `length` buckets.
 */
export class RollingSeries {
  readonly stepSeconds: number
  readonly length: number
  /** Samples left out because their clock is ahead. */
  ahead = 0
  #t: number[]
  #columns: Map<string, (number | null)[]>
  /** Amount and time counted so far in the buckets live samples fell into. */
  #open = new Map<string, { bucket: number; amount: number; span: number }>()

  constructor(start: SeriesColumns, spanSeconds: number) {
    this.stepSeconds = start.stepSeconds
    this.length = Math.max(2, Math.ceil(spanSeconds / start.stepSeconds) + 1)
    this.#t = start.t.slice(-this.length)
    const drop = start.t.length - this.#t.length
    this.#columns = new Map(Object.entries(start.columns).map(([id, values]) => [id, values.slice(drop)]))
  }

  get t(): readonly number[] {
    return this.#t
  }

  column(id: string): readonly (number | null)[] {
    return this.#columns.get(id) ?? []
  }

  /** Adds a sample of a known column; unknown ids and samples before the window are left out. */
  add({ id, time, span, amount }: SeriesSample, nowSeconds: number): void {
    const values = this.#columns.get(id)
    if (!values || span <= 0) return
    if (time > nowSeconds + AHEAD_S) {
      this.ahead++
      return
    }
    // the span's middle decides, so that a sample that ends on a boundary belongs to the bucket it was counted in
    const bucket = Math.floor((time - span / 2) / this.stepSeconds) * this.stepSeconds
    this.advance(bucket)
    const index = this.#indexOf(bucket)
    if (index < 0) return
    const open = this.#open.get(id)
    const before = values[index]
    const sum =
      open?.bucket === bucket
        ? open
        : { bucket, amount: (before ?? 0) * (before == null ? 0 : span), span: before == null ? 0 : span }
    sum.amount += amount
    sum.span += span
    this.#open.set(id, sum)
    values[index] = sum.amount / sum.span
  }

  /** Moves the window so that it holds the bucket; what is skipped stays without data. */
  advance(bucket: number): void {
    const last = this.#t.at(-1)
    let next = last === undefined ? bucket : last + this.stepSeconds
    if (bucket - next > this.length * this.stepSeconds) next = bucket - (this.length - 1) * this.stepSeconds
    for (; next <= bucket; next += this.stepSeconds) {
      this.#t.push(next)
      for (const values of this.#columns.values()) values.push(null)
    }
    const surplus = this.#t.length - this.length
    if (surplus <= 0) return
    this.#t.splice(0, surplus)
    for (const values of this.#columns.values()) values.splice(0, surplus)
  }

  #indexOf(bucket: number): number {
    const first = this.#t[0]
    if (first === undefined || bucket < first) return -1
    // buckets may be missing after a long absence, so the place is looked up from the end, where live samples are
    for (let i = this.#t.length - 1; i >= 0; i--) {
      if (this.#t[i] === bucket) return i
      if (this.#t[i]! < bucket) return -1
    }
    return -1
  }
}

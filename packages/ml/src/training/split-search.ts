import { LABEL_BITS, LABEL_MASK } from './binned-rows.ts'
import { MISSING } from './bins.ts'

/** Weighted class counts of the node that is being split. */
export interface NodeCounts {
  weighted: Float64Array
  /** Sum of `weighted` and of its squares. */
  total: number
  squares: number
  /** Rows with repeats. */
  draws: number
}

export interface Split {
  feature: number
  /** Codes up to this go left; MISSING parts present from absent. */
  code: number
  missingLeft: boolean
  gain: number
}

const BINS = 256
const EPSILON = 1e-12

/**
 * The best cut of one column of one node by weighted Gini impurity. Where absent values meet a cut, both sides are tried for them
 * and the better one is kept; where there are none, an absence seen later goes the way of the heavier side. Two ways to the same
 * answer, whichever costs less: rows added up by bin and class, or, for a node of few rows, their keys in order.
 */
export class SplitSearch {
  readonly #classCount: number
  readonly #weights: Float64Array
  readonly #minLeafRows: number
  readonly #histogram: Int32Array
  readonly #left: Float64Array
  readonly best: Split = { feature: -1, code: 0, missingLeft: false, gain: EPSILON }
  #node: NodeCounts
  #leftDraws = 0
  #leftSum = 0
  #leftSquares = 0
  #rightSquares = 0

  constructor(weights: Float64Array, minLeafRows: number, node: NodeCounts) {
    this.#classCount = weights.length
    this.#weights = weights
    this.#minLeafRows = minLeafRows
    this.#histogram = new Int32Array(BINS * weights.length)
    this.#left = new Float64Array(weights.length)
    this.#node = node
  }

  /** Forgets the best cut of the node before. */
  reset(): void {
    this.best.feature = -1
    this.best.gain = EPSILON
  }

  /** Whether the best cut leaves one class on either side: no other column can do better. */
  get isPerfect(): boolean {
    const { total, squares } = this.#node
    return this.best.gain >= (total - squares / total) * (1 - EPSILON)
  }

  /** Tries a column whose codes of rows[from ... to) start at `base`; false where they are all the same. */
  tryHistogram(feature: number, codes: Uint8Array, base: number, drawn: DrawnRange): boolean {
    const { rows, tags, from, to } = drawn
    const histogram = this.#histogram
    const classCount = this.#classCount
    for (let i = from; i < to; i++) {
      const tag = tags[i]
      histogram[codes[base + rows[i]] * classCount + (tag & LABEL_MASK)] += tag >>> LABEL_BITS
    }
    let low = 0
    while (low < MISSING && this.#drawsIn(low) === 0) low++
    let high = MISSING - 1
    while (high >= low && this.#drawsIn(high) === 0) high--
    const missing = this.#drawsIn(MISSING)
    const varies = low < high || (missing > 0 && low <= high)
    if (varies) this.#scanHistogram(feature, low, high, missing)
    histogram.fill(0)
    return varies
  }

  /** The same for keys in ascending order, each (code << 24 | draws << 16 | label). */
  trySorted(feature: number, keys: Uint32Array, count: number): boolean {
    if (keys[0] >>> 24 === keys[count - 1] >>> 24) return false
    let present = count
    while (keys[present - 1] >>> 24 === MISSING) present--
    this.#scanSorted(feature, keys, { present, count, missingLeft: false })
    if (present < count) this.#scanSorted(feature, keys, { present, count, missingLeft: true })
    return true
  }

  /** From the low codes up, behind the absent keys where those go left. The sums are locals: nearly all of training is spent here. */
  #scanSorted(
    feature: number,
    keys: Uint32Array,
    order: { present: number; count: number; missingLeft: boolean },
  ): void {
    const { present, count, missingLeft } = order
    const { weighted, total, squares, draws: allDraws } = this.#node
    const weights = this.#weights
    const left = this.#left.fill(0)
    const lastDraws = allDraws - this.#minLeafRows
    const high = keys[present - 1] >>> 24
    const { best } = this
    // Fractions are compared crosswise: a division takes longer than all else of a step.
    let bestPurity = best.gain + squares / total
    let bestScale = 1
    let leftDraws = 0
    let leftSum = 0
    let leftSquares = 0
    let rightSquares = squares
    const steps = missingLeft ? count : present
    for (let step = 0, i = missingLeft ? present : 0; step < steps; step++, i++) {
      if (i === count) i = 0
      const key = keys[i]
      const code = key >>> 24
      const k = key & LABEL_MASK
      const draws = (key >>> LABEL_BITS) & 0xff
      const moved = draws * weights[k]
      const before = left[k]
      left[k] = before + moved
      leftDraws += draws
      leftSum += moved
      leftSquares += moved * (2 * before + moved)
      rightSquares -= moved * (2 * (weighted[k] - before) - moved)
      if (code === MISSING) continue
      // The last present code parts present from absent, which only makes sense with the absent on the right.
      if (i + 1 === present ? missingLeft || present === count : keys[i + 1] >>> 24 === code) continue
      if (leftDraws < this.#minLeafRows || leftDraws > lastDraws) continue
      const rightSum = total - leftSum
      const purity = leftSquares * rightSum + rightSquares * leftSum
      const scale = leftSum * rightSum
      if (!(purity * bestScale > bestPurity * scale)) continue
      bestPurity = purity
      bestScale = scale
      best.gain = purity / scale - squares / total
      best.feature = feature
      best.code = code === high ? MISSING : code
      best.missingLeft = present < count ? missingLeft : leftDraws * 2 >= allDraws
    }
  }

  #drawsIn(code: number): number {
    let sum = 0
    for (let at = code * this.#classCount, end = at + this.#classCount; at < end; at++) sum += this.#histogram[at]
    return sum
  }

  #scanHistogram(feature: number, low: number, high: number, missing: number): void {
    for (let missingLeft = 0; missingLeft <= (missing > 0 ? 1 : 0); missingLeft++) {
      this.#start()
      if (missingLeft === 1) this.#moveBin(MISSING)
      // The last present bin parts present from absent, which only makes sense with the absent on the right.
      const end = missing > 0 && missingLeft === 0 ? high : high - 1
      for (let code = low; code <= end; code++) {
        if (!this.#moveBin(code)) continue
        this.#consider(feature, code === high ? MISSING : code, missing, missingLeft)
      }
    }
  }

  #start(): void {
    this.#left.fill(0)
    this.#leftDraws = this.#leftSum = this.#leftSquares = 0
    this.#rightSquares = this.#node.squares
  }

  /** Moves a bin from the right side to the left; false where it is empty. */
  #moveBin(code: number): boolean {
    const histogram = this.#histogram
    let isEmpty = true
    for (let k = 0, at = code * this.#classCount; k < this.#classCount; k++, at++) {
      const draws = histogram[at]
      if (draws === 0) continue
      isEmpty = false
      this.#move(k, draws)
    }
    return !isEmpty
  }

  /** Keeps the sums of squares up to date: (a + w)^2 = a^2 + w * (2a + w). */
  #move(k: number, draws: number): void {
    const moved = draws * this.#weights[k]
    const before = this.#left[k]
    this.#left[k] = before + moved
    this.#leftDraws += draws
    this.#leftSum += moved
    this.#leftSquares += moved * (2 * before + moved)
    this.#rightSquares -= moved * (2 * (this.#node.weighted[k] - before) - moved)
  }

  #consider(feature: number, code: number, missing: number, missingLeft: number): void {
    const { draws, total, squares } = this.#node
    if (this.#leftDraws < this.#minLeafRows || draws - this.#leftDraws < this.#minLeafRows) return
    const gain = this.#leftSquares / this.#leftSum + this.#rightSquares / (total - this.#leftSum) - squares / total
    const best = this.best
    if (!(gain > best.gain)) return
    best.gain = gain
    best.feature = feature
    best.code = code
    best.missingLeft = missing > 0 ? missingLeft === 1 : this.#leftDraws * 2 >= draws
  }
}

/** A range of drawn rows, all of one node. */
export interface DrawnRange {
  rows: Uint32Array
  tags: Uint32Array
  from: number
  to: number
}

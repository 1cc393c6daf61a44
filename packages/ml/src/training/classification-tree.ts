import { MISSING, type BinnedColumn } from './bins.ts'
import { TreeBuilder, type DecisionTree } from './decision-tree.ts'
import type { Random } from './random.ts'

export interface ClassificationTreeInput {
  columns: readonly BinnedColumn[]
  labels: Uint16Array
  classCount: number
  /** Weight of a row of each class. */
  weights: Float64Array
  /** Rows of this tree, repeats allowed; reordered in place. */
  sample: Uint32Array
  maxDepth: number
  minLeafRows: number
  /** Columns that may vary tried a node. */
  featuresPerNode: number
  random: Random
  /** A leaf's probabilities are multiplied by this: one over the number of trees. */
  leafScale: number
}

interface Split {
  feature: number
  /** Codes up to this go left. */
  code: number
  missingLeft: boolean
  gain: number
}

interface Task {
  node: number
  from: number
  to: number
  depth: number
}

const BINS = 256
const EPSILON = 1e-12

/**
 * One tree by weighted Gini impurity over histograms. Where absent values meet a split, both sides are tried for them and the
 * better one is kept; where there are none, an absence seen later goes the way of the heavier side.
 */
export function growClassificationTree(input: ClassificationTreeInput): DecisionTree {
  const grower = new Grower(input)
  return grower.grow()
}

class Grower {
  readonly #input: ClassificationTreeInput
  readonly #builder: TreeBuilder
  readonly #features: Uint32Array
  readonly #counts: Int32Array
  readonly #histogram: Int32Array
  readonly #binRows: Int32Array
  readonly #left: Float64Array
  /** Of the node at hand: weight of each class, their sum and the sum of their squares. */
  readonly #node: { weighted: Float64Array; total: number; squares: number }
  readonly #spill: Uint32Array

  constructor(input: ClassificationTreeInput) {
    this.#input = input
    this.#builder = new TreeBuilder(input.classCount)
    this.#features = Uint32Array.from({ length: input.columns.length }, (_, i) => i)
    this.#counts = new Int32Array(input.classCount)
    this.#histogram = new Int32Array(BINS * input.classCount)
    this.#binRows = new Int32Array(BINS)
    this.#left = new Float64Array(input.classCount)
    this.#node = { weighted: new Float64Array(input.classCount), total: 0, squares: 0 }
    this.#spill = new Uint32Array(input.sample.length)
  }

  grow(): DecisionTree {
    const { sample, columns } = this.#input
    const stack: Task[] = [{ node: this.#builder.addNode(), from: 0, to: sample.length, depth: 0 }]
    for (let task = stack.pop(); task; task = stack.pop()) {
      const { node, from, to, depth } = task
      const present = this.#count(from, to)
      const isOpen = present > 1 && depth < this.#input.maxDepth && to - from >= 2 * this.#input.minLeafRows
      const split = isOpen ? this.#findSplit(from, to) : undefined
      if (!split) {
        this.#writeLeaf(node)
        continue
      }
      const { edges } = columns[split.feature]
      const threshold = split.code < edges.length ? edges[split.code] : Infinity
      const middle = this.#partition(split, from, to)
      const { left, right } = this.#builder.split(node, {
        feature: split.feature,
        threshold,
        missingLeft: split.missingLeft,
      })
      stack.push(
        { node: right, from: middle, to, depth: depth + 1 },
        { node: left, from, to: middle, depth: depth + 1 },
      )
    }
    return this.#builder.build()
  }

  /** Counts the classes of a node; returns how many there are. */
  #count(from: number, to: number): number {
    const { labels, sample, weights } = this.#input
    const counts = this.#counts.fill(0)
    const node = this.#node
    let present = 0
    for (let i = from; i < to; i++) if (counts[labels[sample[i]]]++ === 0) present++
    node.total = node.squares = 0
    for (let k = 0; k < counts.length; k++) {
      const weight = counts[k] * weights[k]
      node.weighted[k] = weight
      node.total += weight
      node.squares += weight * weight
    }
    return present
  }

  #writeLeaf(node: number): void {
    const { weighted, total } = this.#node
    for (let k = 0; k < weighted.length; k++) {
      if (weighted[k] > 0) this.#builder.setValue(node, k, (weighted[k] / total) * this.#input.leafScale)
    }
  }

  #findSplit(from: number, to: number): Split | undefined {
    const { featuresPerNode, random } = this.#input
    const features = this.#features
    let best: Split | undefined
    for (let drawn = 0, tried = 0; drawn < features.length && tried < featuresPerNode; drawn++) {
      const other = drawn + Math.floor(random() * (features.length - drawn))
      const feature = features[other]
      features[other] = features[drawn]
      features[drawn] = feature
      const range = this.#fillHistogram(feature, from, to)
      const varies = range.low < range.high || (range.missing > 0 && range.missing < to - from)
      if (varies) {
        tried++
        best = this.#scan({ feature, rows: to - from, ...range }, best)
      }
      this.#clearHistogram(range.low, range.high)
    }
    return best
  }

  #fillHistogram(feature: number, from: number, to: number): { low: number; high: number; missing: number } {
    const { columns, labels, sample, classCount } = this.#input
    const { codes } = columns[feature]
    let low = BINS
    let high = -1
    for (let i = from; i < to; i++) {
      const row = sample[i]
      const code = codes[row]
      this.#histogram[code * classCount + labels[row]]++
      this.#binRows[code]++
      if (code !== MISSING) {
        if (code < low) low = code
        if (code > high) high = code
      }
    }
    return { low, high, missing: this.#binRows[MISSING] }
  }

  #clearHistogram(low: number, high: number): void {
    const { classCount } = this.#input
    if (high >= low) {
      this.#histogram.fill(0, low * classCount, (high + 1) * classCount)
      this.#binRows.fill(0, low, high + 1)
    }
    this.#histogram.fill(0, MISSING * classCount)
    this.#binRows[MISSING] = 0
  }

  /**
   * The best cut of one column, if it beats `best`: absent values right, then, where there are any, left. Sums of weights and of
   * their squares on both sides are kept up to date bin by bin, so that a bin costs one pass over its classes.
   */
  #scan(
    column: { feature: number; rows: number; low: number; high: number; missing: number },
    best: Split | undefined,
  ): Split | undefined {
    const { feature, rows, low, high, missing } = column
    const { minLeafRows, classCount, weights } = this.#input
    const left = this.#left
    const { weighted, total, squares } = this.#node
    for (let missingLeft = 0; missingLeft <= (missing > 0 ? 1 : 0); missingLeft++) {
      left.fill(0)
      let leftRows = 0
      let leftSum = 0
      let leftSquares = 0
      let rightSquares = squares
      for (let step = low - missingLeft; step <= high; step++) {
        const code = step < low ? MISSING : step
        if (this.#binRows[code] === 0) continue
        leftRows += this.#binRows[code]
        for (let k = 0, at = code * classCount; k < classCount; k++, at++) {
          if (this.#histogram[at] === 0) continue
          const moved = this.#histogram[at] * weights[k]
          const before = left[k]
          left[k] = before + moved
          leftSum += moved
          leftSquares += moved * (2 * before + moved)
          rightSquares -= moved * (2 * (weighted[k] - before) - moved)
        }
        if (rows - leftRows < minLeafRows) break
        // The last present bin parts present from absent, which only makes sense with the absent on the right.
        if (code === MISSING || leftRows < minLeafRows || (code === high && missingLeft === 1)) continue
        const gain = leftSquares / leftSum + rightSquares / (total - leftSum) - squares / total
        if (gain <= (best?.gain ?? EPSILON)) continue
        const sendsMissingLeft = missing > 0 ? missingLeft === 1 : leftRows * 2 >= rows
        best = { feature, code: code === high ? MISSING : code, missingLeft: sendsMissingLeft, gain }
      }
    }
    return best
  }

  #partition(split: Split, from: number, to: number): number {
    const { columns, sample } = this.#input
    const { codes } = columns[split.feature]
    let middle = from
    let spilled = 0
    for (let i = from; i < to; i++) {
      const row = sample[i]
      const code = codes[row]
      if (code === MISSING ? split.missingLeft : code <= split.code) sample[middle++] = row
      else this.#spill[spilled++] = row
    }
    sample.set(this.#spill.subarray(0, spilled), middle)
    return middle
  }
}

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
  readonly #spill: Uint32Array

  constructor(input: ClassificationTreeInput) {
    this.#input = input
    this.#builder = new TreeBuilder(input.classCount)
    this.#features = Uint32Array.from({ length: input.columns.length }, (_, i) => i)
    this.#counts = new Int32Array(input.classCount)
    this.#histogram = new Int32Array(BINS * input.classCount)
    this.#binRows = new Int32Array(BINS)
    this.#left = new Float64Array(input.classCount)
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
    const { labels, sample } = this.#input
    const counts = this.#counts.fill(0)
    let present = 0
    for (let i = from; i < to; i++) if (counts[labels[sample[i]]]++ === 0) present++
    return present
  }

  #writeLeaf(node: number): void {
    const { weights, classCount, leafScale } = this.#input
    let total = 0
    for (let k = 0; k < classCount; k++) total += this.#counts[k] * weights[k]
    for (let k = 0; k < classCount; k++) {
      if (this.#counts[k] > 0) this.#builder.setValue(node, k, ((this.#counts[k] * weights[k]) / total) * leafScale)
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

  /** The best cut of one column, if it beats `best`: absent values right, then, where there are any, left. */
  #scan(
    column: { feature: number; rows: number; low: number; high: number; missing: number },
    best?: Split,
  ): Split | undefined {
    const { feature, rows, low, high, missing } = column
    const { minLeafRows } = this.#input
    for (const missingLeft of missing > 0 ? [false, true] : [false]) {
      this.#left.fill(0)
      let leftRows = 0
      if (missingLeft) leftRows += this.#moveLeft(MISSING)
      for (let code = low; code <= high; code++) {
        if (this.#binRows[code] === 0) continue
        leftRows += this.#moveLeft(code)
        if (rows - leftRows < minLeafRows) break
        // The last present bin parts present from absent, which only makes sense with the absent on the right.
        if (leftRows < minLeafRows || (code === high && missingLeft)) continue
        const gain = this.#gain()
        if (gain > (best?.gain ?? EPSILON)) {
          const seenMissing = missing > 0 ? missingLeft : leftRows * 2 >= rows
          const edge = code === high ? MISSING : code
          best = { feature, code: edge, missingLeft: seenMissing, gain }
        }
      }
    }
    return best
  }

  #moveLeft(code: number): number {
    const { classCount, weights } = this.#input
    for (let k = 0, at = code * classCount; k < classCount; k++, at++) this.#left[k] += this.#histogram[at] * weights[k]
    return this.#binRows[code]
  }

  /** Weighted Gini impurity removed by the cut, in units of row weight. */
  #gain(): number {
    const { weights, classCount } = this.#input
    let leftSum = 0
    let rightSum = 0
    let leftSquares = 0
    let rightSquares = 0
    let squares = 0
    for (let k = 0; k < classCount; k++) {
      const all = this.#counts[k] * weights[k]
      const left = this.#left[k]
      const right = all - left
      leftSum += left
      rightSum += right
      leftSquares += left * left
      rightSquares += right * right
      squares += all * all
    }
    return leftSquares / leftSum + rightSquares / rightSum - squares / (leftSum + rightSum)
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

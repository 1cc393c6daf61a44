import { TreeBuilder, type DecisionTree } from './decision-tree.ts'
import type { Random } from './random.ts'

const EULER = 0.5772156649015329

/** Mean path length of an unsuccessful search in a binary tree of n rows (Liu, Ting, Zhou 2008, equation 1). */
export function averagePath(n: number): number {
  if (n <= 1) return 0
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n
}

export interface IsolationTreeInput {
  /** Finite or NaN. */
  rows: Float32Array
  featureCount: number
  /** Rows of this tree; reordered in place. */
  sample: Uint32Array
  random: Random
  /** Rounds a path length to the grid on which float32 sums are exact. */
  quantise(path: number): number
}

/** An infinite threshold parts present (left) from absent (right). */
interface Cut {
  feature: number
  threshold: number
}

/**
 * One isolation tree: a random feature that still varies, a random threshold in its range, down to the mean depth of the
 * sample. Where a node holds absent and present values, half of its cuts part the two; every other cut sends NaN to the side
 * with more present values, so an absence that training never saw at a node does not count as unusual by itself.
 */
export function growIsolationTree(input: IsolationTreeInput): DecisionTree {
  const { sample, quantise } = input
  const maxDepth = Math.ceil(Math.log2(Math.max(2, sample.length)))
  const builder = new TreeBuilder(1)
  const features = Uint32Array.from({ length: input.featureCount }, (_, i) => i)
  const stack = [{ node: builder.addNode(), from: 0, to: sample.length, depth: 0 }]
  for (let task = stack.pop(); task; task = stack.pop()) {
    const { node, from, to, depth } = task
    const cut = to - from > 1 && depth < maxDepth ? drawCut(input, features, from, to) : undefined
    if (!cut) {
      builder.setValue(node, 0, quantise(depth + averagePath(to - from)))
      continue
    }
    const missingLeft = cut.threshold !== Infinity && isLeftLarger(input, cut, from, to)
    const middle = partition(input, cut, missingLeft, from, to)
    const { left, right } = builder.split(node, { ...cut, missingLeft })
    stack.push({ node: right, from: middle, to, depth: depth + 1 }, { node: left, from, to: middle, depth: depth + 1 })
  }
  return builder.build()
}

function drawCut(input: IsolationTreeInput, features: Uint32Array, from: number, to: number): Cut | undefined {
  const { rows, featureCount, sample, random } = input
  for (let drawn = 0; drawn < featureCount; drawn++) {
    const other = drawn + Math.floor(random() * (featureCount - drawn))
    const feature = features[other]
    features[other] = features[drawn]
    features[drawn] = feature
    let min = Infinity
    let max = -Infinity
    let missing = 0
    for (let i = from; i < to; i++) {
      const value = rows[sample[i] * featureCount + feature]
      if (Number.isNaN(value)) missing++
      else {
        if (value < min) min = value
        if (value > max) max = value
      }
    }
    const isMixed = missing > 0 && missing < to - from
    if (isMixed && (min === max || random() < 0.5)) return { feature, threshold: Infinity }
    if (min < max) {
      const threshold = Math.fround(min + (max - min) * random())
      return { feature, threshold: threshold < max ? threshold : min }
    }
  }
  return undefined
}

function isLeftLarger({ rows, featureCount, sample }: IsolationTreeInput, cut: Cut, from: number, to: number): boolean {
  let balance = 0
  for (let i = from; i < to; i++) {
    const value = rows[sample[i] * featureCount + cut.feature]
    if (value <= cut.threshold) balance++
    else if (value > cut.threshold) balance--
  }
  return balance >= 0
}

function partition(input: IsolationTreeInput, cut: Cut, missingLeft: boolean, from: number, to: number): number {
  const { rows, featureCount, sample } = input
  let middle = from
  for (let i = from; i < to; i++) {
    const value = rows[sample[i] * featureCount + cut.feature]
    if (value <= cut.threshold || (missingLeft && Number.isNaN(value))) {
      const row = sample[i]
      sample[i] = sample[middle]
      sample[middle++] = row
    }
  }
  return middle
}

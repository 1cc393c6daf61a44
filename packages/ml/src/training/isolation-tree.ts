import type { DecisionTree } from './decision-tree.ts'
import { TreeBuilder } from './tree-builder.ts'
import type { Random } from './random.ts'

/** No leaf lies deeper. */
export const MAX_DEPTH = 64
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
  /** Share of the cuts that lie outside of what a node holds; 0 is the published algorithm. */
  outsideShare: number
  /** Rounds a path length to the grid on which float32 sums are exact. */
  quantise(path: number): number
}

/**
 * `range` parts the present values by a threshold; `absence` has an infinite threshold and parts present (left) from absent
 * (right). The others leave every row of the node on one side and an empty leaf on the other, for values that training never
 * saw there: `above` and `below` its range, and `unseen` for an absence.
 */
interface Cut {
  kind: 'range' | 'absence' | 'above' | 'below' | 'unseen'
  feature: number
  threshold: number
}

/**
 * One isolation tree: a random feature that still varies, a random threshold in its range, down to the mean depth of the
 * sample. Where a node holds absent and present values, half of its cuts part the two; every other cut sends NaN to the side
 * with more present values. A share of the cuts lies outside of what the node holds, on any feature: without them a column that
 * is constant in training, such as resets in ordinary traffic, could never make a flow unusual.
 */
export function growIsolationTree(input: IsolationTreeInput): DecisionTree {
  const { sample, quantise, random, outsideShare } = input
  const maxCuts = Math.ceil(Math.log2(Math.max(2, sample.length)))
  const builder = new TreeBuilder(1)
  const features = Uint32Array.from({ length: input.featureCount }, (_, i) => i)
  const stack = [{ node: builder.addNode(), from: 0, to: sample.length, depth: 0, cuts: 0 }]
  for (let task = stack.pop(); task; task = stack.pop()) {
    const { node, from, to, depth, cuts } = task
    const isOpen = to - from > 1 && cuts < maxCuts
    const isOutside = isOpen && random() < outsideShare && depth + maxCuts - cuts < MAX_DEPTH
    const cut = isOutside ? drawOutsideCut(input, from, to) : isOpen ? drawCut(input, features, from, to) : undefined
    if (!cut) {
      builder.setValue(node, 0, quantise(depth + averagePath(to - from)))
      continue
    }
    const missingLeft = isMissingLeft(input, cut, from, to)
    const middle = partition(input, cut, missingLeft, from, to)
    const left = builder.split(node, { feature: cut.feature, threshold: cut.threshold, missingLeft })
    const below = { depth: depth + 1, cuts: isOutside ? cuts : cuts + 1 }
    stack.push({ node: left + 1, from: middle, to, ...below }, { node: left, from, to: middle, ...below })
  }
  return builder.build()
}

function drawCut(input: IsolationTreeInput, features: Uint32Array, from: number, to: number): Cut | undefined {
  const { featureCount, random } = input
  for (let drawn = 0; drawn < featureCount; drawn++) {
    const other = drawn + Math.floor(random() * (featureCount - drawn))
    const feature = features[other]
    features[other] = features[drawn]
    features[drawn] = feature
    const { min, max, missing } = rangeOf(input, feature, from, to)
    const isMixed = missing > 0 && missing < to - from
    if (isMixed && (min === max || random() < 0.5)) return { kind: 'absence', feature, threshold: Infinity }
    if (min < max) {
      const threshold = Math.fround(min + (max - min) * random())
      return { kind: 'range', feature, threshold: threshold < max ? threshold : min }
    }
  }
  return undefined
}

function drawOutsideCut(input: IsolationTreeInput, from: number, to: number): Cut {
  const { featureCount, random } = input
  const feature = Math.floor(random() * featureCount)
  const { min, max, missing } = rangeOf(input, feature, from, to)
  if (missing === to - from) return { kind: 'above', feature, threshold: -Infinity }
  if (missing === 0 && random() < 1 / 3) return { kind: 'unseen', feature, threshold: Infinity }
  return random() < 0.5
    ? { kind: 'above', feature, threshold: max }
    : { kind: 'below', feature, threshold: justBelow(min) }
}

function rangeOf({ rows, featureCount, sample }: IsolationTreeInput, feature: number, from: number, to: number) {
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
  return { min, max, missing }
}

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The next smaller float32. */
function justBelow(value: number): number {
  if (value === 0) return -1.401298464324817e-45
  float[0] = value
  bits[0] += value > 0 ? -1 : 1
  return float[0]
}

/** Where NaN goes: `above` keeps it with the rows, as `below` does; `absence` and `unseen` part it from them. */
function isMissingLeft(input: IsolationTreeInput, cut: Cut, from: number, to: number): boolean {
  if (cut.kind === 'range') return isLeftLarger(input, cut, from, to)
  return cut.kind === 'above'
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

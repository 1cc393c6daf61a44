import type { DecisionTree } from './decision-tree.ts'

/**
 * A tree laid out so that a row goes down without a branch that a processor could guess wrong: a leaf leads to itself, both
 * children lie side by side, and the walk takes as many steps as the tree is deep.
 */
export interface WalkTree {
  /** 0 for a leaf. */
  feature: Int32Array
  /** +Infinity for a leaf. */
  threshold: Float32Array
  /** The left child, the right one being next to it; a leaf's own number. */
  left: Int32Array
  /** 1 where an absent value goes right. */
  missingRight: Uint8Array
  values: Float32Array
  depth: number
}

/** Adds the value of the leaf of every tree, in the order of the trees, to `sums`, one a row. */
export function addLeafValues(
  trees: readonly WalkTree[],
  rows: Float32Array,
  featureCount: number,
  sums: Float32Array,
): void {
  for (const tree of trees) walkRows(tree, rows, featureCount, sums)
}

/** Four rows at a time, since a step of one has to wait for memory before the next. */
function walkRows(tree: WalkTree, rows: Float32Array, featureCount: number, sums: Float32Array): void {
  const { feature, threshold, left, missingRight, values, depth } = tree
  let i = 0
  for (; i + 4 <= sums.length; i += 4) {
    const a = i * featureCount
    const b = a + featureCount
    const c = b + featureCount
    const d = c + featureCount
    let [p, q, r, s] = [0, 0, 0, 0]
    for (let step = 0; step < depth; step++) {
      const v = rows[a + feature[p]]
      const w = rows[b + feature[q]]
      const x = rows[c + feature[r]]
      const y = rows[d + feature[s]]
      p = left[p] + (+(v > threshold[p]) | (+(v !== v) & missingRight[p]))
      q = left[q] + (+(w > threshold[q]) | (+(w !== w) & missingRight[q]))
      r = left[r] + (+(x > threshold[r]) | (+(x !== x) & missingRight[r]))
      s = left[s] + (+(y > threshold[s]) | (+(y !== y) & missingRight[s]))
    }
    sums[i] += values[p]
    sums[i + 1] += values[q]
    sums[i + 2] += values[r]
    sums[i + 3] += values[s]
  }
  for (; i < sums.length; i++) {
    let node = 0
    for (let step = 0; step < depth; step++) {
      const v = rows[i * featureCount + feature[node]]
      node = left[node] + (+(v > threshold[node]) | (+(v !== v) & missingRight[node]))
    }
    sums[i] += values[node]
  }
}

export function toWalkTree(tree: DecisionTree): WalkTree {
  const count = tree.feature.length
  const walk = {
    feature: tree.feature.map((f) => Math.max(0, f)),
    threshold: tree.threshold.map((t, node) => (tree.feature[node] < 0 ? Infinity : t)),
    left: tree.left.map((child, node) => (child < 0 ? node : child)),
    missingRight: tree.missingLeft.map((isLeft, node) => (tree.feature[node] < 0 || isLeft === 1 ? 0 : 1)),
    values: tree.values,
  }
  const depths = new Uint16Array(count)
  let depth = 0
  for (let node = 0; node < count; node++) {
    if (tree.feature[node] < 0) continue
    depths[tree.left[node]] = depths[tree.right[node]] = depths[node] + 1
    depth = Math.max(depth, depths[node] + 1)
  }
  return { ...walk, depth }
}

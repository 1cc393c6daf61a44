import type { DecisionTree } from '../training/decision-tree.ts'

/**
 * Adds to `contributions` what each column did to the sum of leaf values of a row, over all trees: at every node on the way down, the
 * mean of the side taken less the mean of the node goes to the node's column (path contributions: Saabas 2014; exact, as they and the
 * mean of the roots add up to the prediction). Unlike Shapley values (TreeSHAP: Lundberg et al. 2018) they favour columns near
 * the leaves, and cost one walk a tree.
 */
export function addPathContributions(
  trees: readonly ExplainedTree[],
  row: Float32Array,
  contributions: Float64Array,
): void {
  for (const { tree, means } of trees) {
    let node = 0
    for (let f = tree.feature[0]; f >= 0; f = tree.feature[node]) {
      const value = row[f]
      const goesLeft = value <= tree.threshold[node] || (tree.missingLeft[node] === 1 && Number.isNaN(value))
      const next = goesLeft ? tree.left[node] : tree.right[node]
      contributions[f] += means[next] - means[node]
      node = next
    }
  }
}

export interface ExplainedTree {
  readonly tree: DecisionTree
  /** Mean leaf value below each node over the rows it was explained with. */
  readonly means: Float64Array
}

/** Sends reference rows down a tree to learn what a node says on average; where none came by, what it says itself. */
export function explainTree(
  tree: DecisionTree,
  rows: Float32Array,
  featureCount: number,
  output: { index: number; count: number },
): ExplainedTree {
  const nodes = tree.feature.length
  const visits = new Uint32Array(nodes)
  const sums = new Float64Array(nodes)
  const path = new Uint32Array(nodes)
  for (let at = 0; at < rows.length; at += featureCount) {
    const steps = writePath(tree, rows, at, path)
    const value = tree.values[path[steps - 1] * output.count + output.index]
    for (let i = 0; i < steps; i++) {
      visits[path[i]]++
      sums[path[i]] += value
    }
  }
  const means = new Float64Array(nodes)
  // Children have higher numbers than their parents.
  for (let node = nodes - 1; node >= 0; node--) {
    if (visits[node] > 0) means[node] = sums[node] / visits[node]
    else if (tree.feature[node] < 0) means[node] = tree.values[node * output.count + output.index]
    else means[node] = (means[tree.left[node]] + means[tree.right[node]]) / 2
  }
  return { tree, means }
}

/**
 * Writes the nodes that the row at `at` passes, from the root to its leaf; returns how many. A function of its own, so that it is compiled as
 * one: loops within loops were compiled anew for each tree, from the middle of the loop on.
 */
function writePath(tree: DecisionTree, rows: Float32Array, at: number, path: Uint32Array): number {
  let node = 0
  let steps = 1
  path[0] = 0
  for (let f = tree.feature[0]; f >= 0; f = tree.feature[node]) {
    const value = rows[at + f]
    const goesLeft = value <= tree.threshold[node] || (tree.missingLeft[node] === 1 && Number.isNaN(value))
    node = goesLeft ? tree.left[node] : tree.right[node]
    path[steps++] = node
  }
  return steps
}

import { LEAF, type Forest } from '../inference/forest.ts'
import { readForest } from '../inference/read-forest.ts'
import { readOnnx } from '../inference/read-onnx.ts'
import type { DecisionTree } from '../training/decision-tree.ts'

/**
 * The trees of an isolation forest in a graph, so that a sensor can explain what it was sent. Undefined where the graph has none, or cuts
 * directions instead of columns. Throws MODEL_UNREADABLE on bytes that are no model.
 */
export function readTrees(onnx: Uint8Array, columns: number): DecisionTree[] | undefined {
  const graph = readOnnx(onnx)
  const [first] = graph.nodes
  if (first?.operator !== 'ai.onnx.ml.TreeEnsembleRegressor' || first.inputs[0] !== graph.inputs[0]) return undefined
  const forest = readForest(first, onnx, columns)
  return Array.from(forest.roots, (root, i) => toTree(forest, root, forest.roots[i + 1] ?? forest.column.length))
}

/** The nodes of one tree by themselves, numbered from its root. */
function toTree(forest: Forest, from: number, to: number): DecisionTree {
  const { column, columns, child, threshold, weights } = forest
  const count = to - from
  const tree = {
    feature: new Int32Array(count).fill(-1),
    threshold: threshold.slice(from, to),
    left: new Int32Array(count),
    right: new Int32Array(count),
    missingLeft: new Uint8Array(count),
    values: new Float32Array(count),
  }
  for (let node = 0; node < count; node++) {
    const code = column[from + node]
    if (code === LEAF) {
      tree.values[node] = weights[child[from + node]]
      continue
    }
    tree.missingLeft[node] = code >= columns ? 1 : 0
    tree.feature[node] = code % columns
    tree.left[node] = child[from + node] - from
    tree.right[node] = tree.left[node] + 1
  }
  return tree
}

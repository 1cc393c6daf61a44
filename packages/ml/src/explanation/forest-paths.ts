import { readTrees } from './forest-trees.ts'
import { addPathContributions, explainTree, type ExplainedTree } from './path-contributions.ts'
import type { DecisionTree } from '../training/decision-tree.ts'

/** The trees of an isolation forest, as a sensor explains what they found. */
export class ForestPaths {
  readonly #trees: readonly DecisionTree[]

  private constructor(trees: readonly DecisionTree[]) {
    this.#trees = trees
  }

  /** Undefined for an extended forest, which cuts directions instead of features. */
  static read(onnx: Uint8Array, columns: number): ForestPaths | undefined {
    const trees = readTrees(onnx, columns)
    return trees && new ForestPaths(trees)
  }

  /** What the trees say at each node over these usual rows: the ground against which a flow is explained. */
  overRows(rows: Float32Array, featureCount: number): readonly ExplainedTree[] {
    const output = { index: 0, count: 1 }
    return this.#trees.map((tree) => explainTree(tree, rows, featureCount, output))
  }
}

/** How many steps of path each column took from the row, over all trees: the more, the more it made the row unusual. */
export function pathShortening(trees: readonly ExplainedTree[], row: Float32Array): Float64Array {
  const contributions = new Float64Array(row.length)
  addPathContributions(trees, row, contributions)
  return contributions.map((sum) => -sum)
}

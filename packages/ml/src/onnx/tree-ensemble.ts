import type { DecisionTree } from '../training/decision-tree.ts'
import type { OnnxAttribute } from './onnx-messages.ts'

/** The operator set that TreeEnsembleClassifier and TreeEnsembleRegressor are taken from. */
export const ML_DOMAIN = 'ai.onnx.ml'
export const ML_VERSION = 3

/** What a leaf adds to: classes of a classifier, targets of a regressor. */
export type LeafPrefix = 'class' | 'target'

/**
 * The attributes that carry the trees of an ensemble operator. Every leaf names at least one output, and with two outputs
 * both, so that no engine takes its one-column short cut for binary classifiers.
 */
export function treeAttributes(trees: readonly DecisionTree[], outputs: number, prefix: LeafPrefix): OnnxAttribute[] {
  const nodes = { tree: [], id: [], feature: [], threshold: [], left: [], right: [], missing: [] } as Record<
    string,
    number[]
  >
  const modes: string[] = []
  const leaves = { tree: [], node: [], output: [], weight: [] } as Record<string, number[]>
  trees.forEach((tree, number) => {
    for (let node = 0; node < tree.feature.length; node++) {
      const isLeaf = tree.feature[node] < 0
      nodes.tree.push(number)
      nodes.id.push(node)
      nodes.feature.push(isLeaf ? 0 : tree.feature[node])
      nodes.threshold.push(isLeaf ? 0 : tree.threshold[node])
      nodes.left.push(isLeaf ? 0 : tree.left[node])
      nodes.right.push(isLeaf ? 0 : tree.right[node])
      nodes.missing.push(isLeaf ? 0 : tree.missingLeft[node])
      modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ')
      if (!isLeaf) continue
      for (let output = 0; output < outputs; output++) {
        const weight = tree.values[node * outputs + output]
        if (weight === 0 && outputs > 2) continue
        leaves.tree.push(number)
        leaves.node.push(node)
        leaves.output.push(output)
        leaves.weight.push(weight)
      }
    }
  })
  return [
    { name: 'nodes_treeids', type: 'ints', value: nodes.tree },
    { name: 'nodes_nodeids', type: 'ints', value: nodes.id },
    { name: 'nodes_featureids', type: 'ints', value: nodes.feature },
    { name: 'nodes_modes', type: 'strings', value: modes },
    { name: 'nodes_values', type: 'floats', value: nodes.threshold },
    { name: 'nodes_truenodeids', type: 'ints', value: nodes.left },
    { name: 'nodes_falsenodeids', type: 'ints', value: nodes.right },
    { name: 'nodes_missing_value_tracks_true', type: 'ints', value: nodes.missing },
    { name: `${prefix}_treeids`, type: 'ints', value: leaves.tree },
    { name: `${prefix}_nodeids`, type: 'ints', value: leaves.node },
    { name: `${prefix}_ids`, type: 'ints', value: leaves.output },
    { name: `${prefix}_weights`, type: 'floats', value: leaves.weight },
    { name: 'post_transform', type: 'string', value: 'NONE' },
  ]
}

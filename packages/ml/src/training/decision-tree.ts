/**
 * A binary tree on arrays, node 0 the root. An inner node sends a row left when `row[feature] <= threshold`, or when the
 * value is NaN and `missingLeft` is 1, else right: the meaning of BRANCH_LEQ with nodes_missing_value_tracks_true in ONNX.
 * A threshold of +Infinity splits present (left) from absent (right). Thresholds and rows are both float32, so the trainer and
 * the exported graph take the same branch on every tie.
 */
export interface DecisionTree {
  /** -1 for a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly missingLeft: Uint8Array
  /** What each leaf says: `outputs` values a node, 0 for inner nodes. */
  readonly values: Float32Array
}

/** The leaf a row falls into. */
export function leafOf(tree: DecisionTree, rows: Float32Array, offset: number): number {
  const { feature, threshold, left, right, missingLeft } = tree
  let node = 0
  for (let f = feature[0]; f >= 0; f = feature[node]) {
    const value = rows[offset + f]
    const goesLeft = value <= threshold[node] || (missingLeft[node] === 1 && Number.isNaN(value))
    node = goesLeft ? left[node] : right[node]
  }
  return node
}

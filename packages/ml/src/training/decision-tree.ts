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

/** Grows a tree whose size is not known before. */
export class TreeBuilder {
  #feature: number[] = []
  #threshold: number[] = []
  #left: number[] = []
  #right: number[] = []
  #missingLeft: number[] = []
  #values: number[] = []
  readonly #outputs: number

  constructor(outputs: number) {
    this.#outputs = outputs
  }

  /** Adds a leaf of zeros and returns its number. */
  addNode(): number {
    for (let i = 0; i < this.#outputs; i++) this.#values.push(0)
    this.#threshold.push(0)
    this.#left.push(-1)
    this.#right.push(-1)
    this.#missingLeft.push(0)
    return this.#feature.push(-1) - 1
  }

  setValue(node: number, output: number, value: number): void {
    this.#values[node * this.#outputs + output] = value
  }

  /** Turns a leaf into an inner node with two new leaves. */
  split(
    node: number,
    rule: { feature: number; threshold: number; missingLeft: boolean },
  ): { left: number; right: number } {
    this.#feature[node] = rule.feature
    this.#threshold[node] = rule.threshold
    this.#missingLeft[node] = rule.missingLeft ? 1 : 0
    const left = (this.#left[node] = this.addNode())
    const right = (this.#right[node] = this.addNode())
    return { left, right }
  }

  build(): DecisionTree {
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      missingLeft: Uint8Array.from(this.#missingLeft),
      values: Float32Array.from(this.#values),
    }
  }
}

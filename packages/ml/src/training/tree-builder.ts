import type { DecisionTree } from './decision-tree.ts'

const FIRST_NODES = 256

/** Grows a tree whose size is not known before; its arrays double. */
export class TreeBuilder {
  readonly #outputs: number
  #count = 0
  #feature = new Int32Array(FIRST_NODES)
  #threshold = new Float32Array(FIRST_NODES)
  #left = new Int32Array(FIRST_NODES)
  #right = new Int32Array(FIRST_NODES)
  #missingLeft = new Uint8Array(FIRST_NODES)
  #values: Float32Array<ArrayBuffer>

  constructor(outputs: number) {
    this.#outputs = outputs
    this.#values = new Float32Array(FIRST_NODES * outputs)
  }

  /** Adds a leaf of zeros and returns its number. */
  addNode(): number {
    if (this.#count === this.#feature.length) this.#double()
    const node = this.#count++
    this.#feature[node] = this.#left[node] = this.#right[node] = -1
    return node
  }

  setValue(node: number, output: number, value: number): void {
    this.#values[node * this.#outputs + output] = value
  }

  /** Turns a leaf into an inner node with two new leaves; returns the left one, the right one has the next number. */
  split(node: number, rule: { feature: number; threshold: number; missingLeft: boolean }): number {
    this.#feature[node] = rule.feature
    this.#threshold[node] = rule.threshold
    this.#missingLeft[node] = rule.missingLeft ? 1 : 0
    const left = this.addNode()
    const right = this.addNode()
    this.#left[node] = left
    this.#right[node] = right
    return left
  }

  build(): DecisionTree {
    const count = this.#count
    return {
      feature: this.#feature.slice(0, count),
      threshold: this.#threshold.slice(0, count),
      left: this.#left.slice(0, count),
      right: this.#right.slice(0, count),
      missingLeft: this.#missingLeft.slice(0, count),
      values: this.#values.slice(0, count * this.#outputs),
    }
  }

  #double(): void {
    this.#feature = doubled(this.#feature, Int32Array)
    this.#threshold = doubled(this.#threshold, Float32Array)
    this.#left = doubled(this.#left, Int32Array)
    this.#right = doubled(this.#right, Int32Array)
    this.#missingLeft = doubled(this.#missingLeft, Uint8Array)
    this.#values = doubled(this.#values, Float32Array)
  }
}

function doubled<T extends Int32Array | Float32Array | Uint8Array>(values: T, make: new (length: number) => T): T {
  const larger = new make(values.length * 2)
  larger.set(values)
  return larger
}

/** One layer of a network: outputs = inputs * weights + bias; negative ones are cut to 0 in hidden layers. */
export interface Layer {
  readonly inputs: number
  readonly outputs: number
  readonly isHidden: boolean
  /** What is learned. */
  readonly parameters: Float32Array
  /** Row-major [inputs, outputs], as a graph multiplies. */
  readonly weights: Float32Array
  /** One an output. */
  readonly bias: Float32Array
  /** Outputs of the last `forward`. */
  readonly values: Float32Array
  /** Fills and returns `values`. */
  forward(inputs: Float32Array): Float32Array
  /** Adds to the gradient of the batch, after `forward` of the same inputs; `errors` becomes that of the inputs in `below`. */
  backward(inputs: Float32Array, errors: Float32Array, below: Float32Array | undefined): void
  /** One step of learning, number `step` from 1, with the mean gradient of `rows` rows. */
  update(step: number, rows: number, rate: number): void
}

/** Bound of the first weights (Glorot, Bengio 2010). */
export const firstWeightLimit = (inputs: number, outputs: number): number => Math.sqrt(6 / (inputs + outputs))

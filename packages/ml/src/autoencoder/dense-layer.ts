import type { Random } from '../training/random.ts'

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8
const FADED = 1e-30

/** One layer of a network: outputs = inputs * weights + bias, negative ones cut to 0 in hidden layers; trained by Adam (Kingma, Ba 2015). */
export class DenseLayer {
  readonly inputs: number
  readonly outputs: number
  readonly isHidden: boolean
  /** Row-major [inputs, outputs], then the bias. */
  readonly parameters: Float32Array
  readonly values: Float32Array
  readonly #gradient: Float32Array
  readonly #first: Float32Array
  readonly #second: Float32Array

  constructor(shape: { inputs: number; outputs: number; isHidden: boolean }, random: Random) {
    const { inputs, outputs } = shape
    this.inputs = inputs
    this.outputs = outputs
    this.isHidden = shape.isHidden
    this.parameters = new Float32Array((inputs + 1) * outputs)
    const limit = Math.sqrt(6 / (inputs + outputs))
    for (let i = 0; i < inputs * outputs; i++) this.parameters[i] = limit * (2 * random() - 1)
    this.values = new Float32Array(outputs)
    this.#gradient = new Float32Array(this.parameters.length)
    this.#first = new Float32Array(this.parameters.length)
    this.#second = new Float32Array(this.parameters.length)
  }

  get weights(): Float32Array {
    return this.parameters.subarray(0, this.inputs * this.outputs)
  }

  get bias(): Float32Array {
    return this.parameters.subarray(this.inputs * this.outputs)
  }

  /** Fills and returns `values`. */
  forward(inputs: Float32Array): Float32Array {
    const { outputs, parameters, values } = this
    values.set(this.bias)
    for (let i = 0, at = 0; i < inputs.length; i++, at += outputs) {
      const input = inputs[i]
      if (input === 0) continue
      for (let j = 0; j < outputs; j++) values[j] += input * parameters[at + j]
    }
    if (this.isHidden) for (let j = 0; j < outputs; j++) if (values[j] < 0) values[j] = 0
    return values
  }

  /** Adds to the gradient of the batch, after `forward` of the same inputs; `errors` becomes that of the inputs in `below`. */
  backward(inputs: Float32Array, errors: Float32Array, below: Float32Array | undefined): void {
    const { outputs, parameters, values } = this
    const gradient = this.#gradient
    if (this.isHidden) for (let j = 0; j < outputs; j++) if (values[j] === 0) errors[j] = 0
    for (let i = 0, at = 0; i < inputs.length; i++, at += outputs) {
      const input = inputs[i]
      let sum = 0
      for (let j = 0; j < outputs; j++) {
        gradient[at + j] += input * errors[j]
        sum += parameters[at + j] * errors[j]
      }
      if (below) below[i] = sum
    }
    for (let j = 0, at = inputs.length * outputs; j < outputs; j++) gradient[at + j] += errors[j]
  }

  /** One step of Adam, number `step` from 1, with the mean gradient of `rows` rows; clears the gradient. */
  update(step: number, rows: number, rate: number): void {
    const first = this.#first
    const second = this.#second
    const gradient = this.#gradient
    const scale = (rate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step)
    for (let i = 0; i < gradient.length; i++) {
      const slope = gradient[i] / rows
      const mean = BETA1 * first[i] + (1 - BETA1) * slope
      const square = BETA2 * second[i] + (1 - BETA2) * slope * slope
      // What fades away ends at 0: float32 below its normal range is many times slower.
      first[i] = Math.abs(mean) < FADED ? 0 : mean
      second[i] = square < FADED ? 0 : square
      this.parameters[i] -= (scale * first[i]) / (Math.sqrt(second[i]) + EPSILON)
    }
    gradient.fill(0)
  }
}

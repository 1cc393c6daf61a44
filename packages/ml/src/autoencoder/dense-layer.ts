import type { Random } from '../training/random.ts'
import { Adam } from './adam.ts'
import { firstWeightLimit, type Layer } from './layer.ts'

/** Every input with every output. */
export class DenseLayer implements Layer {
  readonly inputs: number
  readonly outputs: number
  readonly isHidden: boolean
  readonly values: Float32Array
  /** Row-major [inputs, outputs], then the bias. */
  readonly #adam: Adam

  constructor(shape: { inputs: number; outputs: number; isHidden: boolean }, random: Random) {
    const { inputs, outputs } = shape
    this.inputs = inputs
    this.outputs = outputs
    this.isHidden = shape.isHidden
    const parameters = new Float32Array((inputs + 1) * outputs)
    const limit = firstWeightLimit(inputs, outputs)
    for (let i = 0; i < inputs * outputs; i++) parameters[i] = limit * (2 * random() - 1)
    this.#adam = new Adam(parameters)
    this.values = new Float32Array(outputs)
  }

  get parameters(): Float32Array {
    return this.#adam.parameters
  }

  get weights(): Float32Array {
    return this.parameters.subarray(0, this.inputs * this.outputs)
  }

  get bias(): Float32Array {
    return this.parameters.subarray(this.inputs * this.outputs)
  }

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

  backward(inputs: Float32Array, errors: Float32Array, below: Float32Array | undefined): void {
    const { outputs, parameters, values } = this
    const { gradient } = this.#adam
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

  update(step: number, rows: number, rate: number): void {
    this.#adam.update(step, rows, rate)
  }
}

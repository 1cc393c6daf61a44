import type { Random } from '../training/random.ts'
import { Adam } from './adam.ts'
import { firstWeightLimit, type Layer } from './layer.ts'

/** Positions that a window covers: one, and its neighbours. */
const WINDOW = 3

export interface WindowShape {
  positions: number
  channelsIn: number
  channelsOut: number
  isHidden: boolean
}

/**
 * A convolution along a sequence: every position is seen with its neighbours through the same weights. Inputs and outputs lie channel by
 * channel, position by position; what lies before the first position and after the last is 0.
 */
export class WindowLayer implements Layer {
  readonly inputs: number
  readonly outputs: number
  readonly isHidden: boolean
  readonly values: Float32Array
  readonly #shape: WindowShape
  /** [channel out, channel in, place in the window], then a bias a channel. */
  readonly #adam: Adam

  constructor(shape: WindowShape, random: Random) {
    const { positions, channelsIn, channelsOut } = shape
    this.#shape = shape
    this.inputs = positions * channelsIn
    this.outputs = positions * channelsOut
    this.isHidden = shape.isHidden
    this.values = new Float32Array(this.outputs)
    const count = WINDOW * channelsIn * channelsOut
    const limit = firstWeightLimit(WINDOW * channelsIn, WINDOW * channelsOut)
    const parameters = new Float32Array(count + channelsOut)
    for (let i = 0; i < count; i++) parameters[i] = limit * (2 * random() - 1)
    this.#adam = new Adam(parameters)
  }

  get parameters(): Float32Array {
    return this.#adam.parameters
  }

  get weights(): Float32Array {
    const matrix = new Float32Array(this.inputs * this.outputs)
    this.#forEachWindow((input, output, parameter, length) => {
      for (let i = 0; i < length; i++) {
        matrix[(input + i) * this.outputs + output + i] = this.parameters[parameter]
      }
    })
    return matrix
  }

  get bias(): Float32Array {
    const { positions, channelsIn, channelsOut } = this.#shape
    const shared = this.parameters.subarray(WINDOW * channelsIn * channelsOut)
    return Float32Array.from({ length: this.outputs }, (_, j) => shared[Math.floor(j / positions)])
  }

  forward(inputs: Float32Array): Float32Array {
    const { values, parameters } = this
    values.set(this.bias)
    this.#forEachWindow((input, output, parameter, length) => {
      const weight = parameters[parameter]
      for (let i = 0; i < length; i++) values[output + i] += inputs[input + i] * weight
    })
    if (this.isHidden) for (let j = 0; j < values.length; j++) if (values[j] < 0) values[j] = 0
    return values
  }

  backward(inputs: Float32Array, errors: Float32Array, below: Float32Array | undefined): void {
    const { values, parameters } = this
    const { gradient } = this.#adam
    const { positions, channelsIn, channelsOut } = this.#shape
    if (this.isHidden) for (let j = 0; j < values.length; j++) if (values[j] === 0) errors[j] = 0
    below?.fill(0)
    this.#forEachWindow((input, output, parameter, length) => {
      const weight = parameters[parameter]
      let slope = 0
      for (let i = 0; i < length; i++) slope += inputs[input + i] * errors[output + i]
      gradient[parameter] += slope
      if (below) for (let i = 0; i < length; i++) below[input + i] += errors[output + i] * weight
    })
    const first = WINDOW * channelsIn * channelsOut
    for (let j = 0; j < errors.length; j++) gradient[first + Math.floor(j / positions)] += errors[j]
  }

  update(step: number, rows: number, rate: number): void {
    this.#adam.update(step, rows, rate)
  }

  /** Every weight with the stretch of positions it joins: `length` inputs from `input` to as many outputs from `output`. */
  #forEachWindow(visit: (input: number, output: number, parameter: number, length: number) => void): void {
    const { positions, channelsIn, channelsOut } = this.#shape
    for (let to = 0, parameter = 0; to < channelsOut; to++) {
      for (let from = 0; from < channelsIn; from++) {
        for (let shift = -1; shift < WINDOW - 1; shift++, parameter++) {
          const length = positions - Math.abs(shift)
          visit(from * positions + Math.max(0, shift), to * positions + Math.max(0, -shift), parameter, length)
        }
      }
    }
  }
}

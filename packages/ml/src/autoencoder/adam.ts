const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8
const FADED = 1e-30

/** Parameters that are learned by Adam (Kingma, Ba 2015): whoever uses them adds to the gradient, a step takes it away. */
export class Adam {
  readonly parameters: Float32Array
  /** Of the batch so far. */
  readonly gradient: Float32Array
  readonly #first: Float32Array
  readonly #second: Float32Array

  constructor(parameters: Float32Array) {
    this.parameters = parameters
    this.gradient = new Float32Array(parameters.length)
    this.#first = new Float32Array(parameters.length)
    this.#second = new Float32Array(parameters.length)
  }

  /** One step, number `step` from 1, with the mean gradient of `rows` rows; clears the gradient. */
  update(step: number, rows: number, rate: number): void {
    const { parameters, gradient } = this
    const first = this.#first
    const second = this.#second
    const scale = (rate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step)
    for (let i = 0; i < gradient.length; i++) {
      const slope = gradient[i] / rows
      const mean = BETA1 * first[i] + (1 - BETA1) * slope
      const square = BETA2 * second[i] + (1 - BETA2) * slope * slope
      // What fades away ends at 0: float32 below its normal range is many times slower.
      first[i] = Math.abs(mean) < FADED ? 0 : mean
      second[i] = square < FADED ? 0 : square
      parameters[i] -= (scale * first[i]) / (Math.sqrt(second[i]) + EPSILON)
    }
    gradient.fill(0)
  }
}

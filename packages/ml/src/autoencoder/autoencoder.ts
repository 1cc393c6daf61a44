import { mapQuantile, type QuantileMap } from '../training/quantile-map.ts'
import { errorRank, fitErrorQuantiles } from './error-quantiles.ts'
import type { InputEncoding } from './input-encoding.ts'
import type { Layer } from './layer.ts'

/** A network through a narrow middle that gives back its own inputs; what it gives back badly is unusual. */
export class Autoencoder {
  readonly kind = 'autoencoder'
  readonly encoding: InputEncoding
  readonly layers: readonly Layer[]
  /** From -ln(error + ERROR_FLOOR) to anomaly. */
  readonly quantiles: QuantileMap
  readonly #inputs: Float32Array
  readonly #weights: Float32Array

  constructor(parts: Pick<Autoencoder, 'encoding' | 'layers' | 'quantiles'>) {
    this.encoding = parts.encoding
    this.layers = parts.layers
    this.quantiles = parts.quantiles
    this.#inputs = new Float32Array(parts.encoding.columns.length)
    this.#weights = new Float32Array(parts.encoding.columns.length)
  }

  get featureCount(): number {
    return this.encoding.featureCount
  }

  /**
   * Per row the score, error / (1 + error) of the mean squared error, the anomaly, share of training rows with a lower error, and how
   * much of the error each feature has, row-major. Inputs may be infinite or NaN.
   */
  predict(rows: Float32Array): { score: Float32Array; anomaly: Float32Array; featureErrors: Float32Array } {
    const { featureCount } = this
    const count = rows.length / featureCount
    const score = new Float32Array(count)
    const anomaly = new Float32Array(count)
    const featureErrors = new Float32Array(rows.length)
    for (let i = 0; i < count; i++) {
      const part = featureErrors.subarray(i * featureCount, (i + 1) * featureCount)
      this.encoding.encode(rows.subarray(i * featureCount, (i + 1) * featureCount), this.#inputs)
      const error = this.#reconstructionError(part)
      score[i] = error / (1 + error)
      anomaly[i] = mapQuantile(this.quantiles, errorRank(error))
    }
    return { score, anomaly, featureErrors }
  }

  /** Mean squared error a row. */
  errors(rows: Float32Array): Float32Array {
    const { featureErrors } = this.predict(rows)
    const { featureCount } = this
    return Float32Array.from({ length: rows.length / featureCount }, (_, i) =>
      featureErrors.subarray(i * featureCount, (i + 1) * featureCount).reduce((sum, part) => sum + part, 0),
    )
  }

  /** The same network with its anomaly calibrated on other errors, such as those of captures it has not seen. */
  calibratedOn(errors: Float32Array): Autoencoder {
    return new Autoencoder({ ...this, quantiles: fitErrorQuantiles(errors) })
  }

  /** The same network with the calibration of another one. */
  calibratedLike({ quantiles }: Autoencoder): Autoencoder {
    return new Autoencoder({ ...this, quantiles })
  }

  /** Of the inputs encoded last; adds up what each column has of it. */
  #reconstructionError(parts: Float32Array): number {
    const { columns } = this.encoding
    const inputs = this.#inputs
    const weights = this.#weights
    this.encoding.weigh(inputs, weights)
    const values = reconstruct(this.layers, inputs)
    for (let i = 0; i < inputs.length; i++) parts[columns[i]] += weights[i] * (inputs[i] - values[i]) ** 2
    let error = 0
    for (const part of parts) error += part
    return error
  }
}

/** What the network gives back for these inputs; valid until the next call. */
export function reconstruct(layers: readonly Layer[], inputs: Float32Array): Float32Array {
  let values = inputs
  for (const layer of layers) values = layer.forward(values)
  return values
}

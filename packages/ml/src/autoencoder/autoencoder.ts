import { mapQuantile, type QuantileMap } from '../training/quantile-map.ts'
import { scaleRow, type ColumnScaler } from './column-scaler.ts'
import type { DenseLayer } from './dense-layer.ts'
import { errorRank, fitErrorQuantiles } from './error-quantiles.ts'

/** A dense network through a narrow middle that gives back its own inputs; what it gives back badly is unusual. */
export class Autoencoder {
  readonly kind = 'autoencoder'
  readonly featureCount: number
  readonly scaler: ColumnScaler
  readonly layers: readonly DenseLayer[]
  /** From -ln(error + ERROR_FLOOR) to anomaly. */
  readonly quantiles: QuantileMap
  readonly #inputs: Float32Array

  constructor(parts: Pick<Autoencoder, 'featureCount' | 'scaler' | 'layers' | 'quantiles'>) {
    this.featureCount = parts.featureCount
    this.scaler = parts.scaler
    this.layers = parts.layers
    this.quantiles = parts.quantiles
    this.#inputs = new Float32Array(2 * parts.featureCount)
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
      scaleRow(this.scaler, rows.subarray(i * featureCount, (i + 1) * featureCount), this.#inputs)
      const error = reconstructionError(this.layers, this.#inputs, part)
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
}

/** Mean squared error over all inputs; each feature's share of it, value and presence together, is written to `parts`. */
export function reconstructionError(layers: readonly DenseLayer[], inputs: Float32Array, parts: Float32Array): number {
  let values = inputs
  for (const layer of layers) values = layer.forward(values)
  let error = 0
  for (let f = 0; f < parts.length; f++) {
    const value = inputs[f] - values[f]
    const presence = inputs[parts.length + f] - values[parts.length + f]
    parts[f] = (value * value + presence * presence) / inputs.length
    error += parts[f]
  }
  return error
}

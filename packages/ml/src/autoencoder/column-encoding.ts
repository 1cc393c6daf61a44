import { SpreadSum, signedLog, withinSpreads, type InputEncoding } from './input-encoding.ts'

/**
 * Two inputs a column: sign(x) * ln(1 + |x|), less its mean, by its spread, within 6 spreads, 0 where absent; and whether it is there.
 */
export class ColumnEncoding implements InputEncoding {
  readonly network = 'dense'
  readonly featureCount: number
  readonly columns: Uint16Array
  /** Columns that are read: the first so many. */
  readonly readCount: number
  readonly mean: Float32Array
  /** One over the standard deviation. */
  readonly factor: Float32Array

  /** Fitted to rows of `featureCount` float32 values, finite or NaN, of which the first `readCount` are read. */
  constructor(rows: Float32Array, featureCount: number, readCount = featureCount) {
    this.featureCount = featureCount
    this.readCount = readCount
    this.columns = Uint16Array.from({ length: 2 * readCount }, (_, i) => i % readCount)
    this.mean = new Float32Array(readCount)
    this.factor = new Float32Array(readCount)
    for (let f = 0; f < readCount; f++) {
      const spread = new SpreadSum()
      for (let at = f; at < rows.length; at += featureCount) spread.add(signedLog(rows[at]))
      this.mean[f] = spread.mean
      this.factor[f] = spread.factor
    }
  }

  encode(row: Float32Array, inputs: Float32Array): void {
    const { mean, factor, readCount } = this
    for (let f = 0; f < readCount; f++) {
      const isAbsent = Number.isNaN(row[f])
      inputs[f] = isAbsent ? 0 : withinSpreads((signedLog(row[f]) - mean[f]) * factor[f])
      inputs[readCount + f] = isAbsent ? 0 : 1
    }
  }

  weigh(inputs: Float32Array, weights: Float32Array): void {
    weights.fill(1 / inputs.length)
  }
}

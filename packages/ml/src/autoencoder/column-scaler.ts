/** Beyond this many spreads from the mean all values are the same to the network. */
export const MOST_SPREADS = 6

/**
 * Brings raw columns to the size a network learns from: sign(x) * ln(1 + |x|), less its mean, by its spread, within 6 spreads. Each
 * column becomes two inputs: the value, 0 where absent, and whether it is there.
 */
export interface ColumnScaler {
  readonly mean: Float32Array
  /** One over the standard deviation; 1 for a constant column, so that another value stands out. */
  readonly factor: Float32Array
}

export function fitScaler(rows: Float32Array, featureCount: number): ColumnScaler {
  const mean = new Float32Array(featureCount)
  const factor = new Float32Array(featureCount).fill(1)
  for (let f = 0; f < featureCount; f++) {
    let [count, sum, squares] = [0, 0, 0]
    for (let at = f; at < rows.length; at += featureCount) {
      if (Number.isNaN(rows[at])) continue
      const value = signedLog(rows[at])
      count++
      sum += value
      squares += value * value
    }
    if (count === 0) continue
    mean[f] = sum / count
    const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))
    if (deviation > 1e-4) factor[f] = 1 / deviation
  }
  return { mean, factor }
}

/** Writes one row's inputs: its scaled values, then which of them are there. */
export function scaleRow(scaler: ColumnScaler, row: Float32Array, inputs: Float32Array): void {
  const { mean, factor } = scaler
  for (let f = 0; f < mean.length; f++) {
    const isAbsent = Number.isNaN(row[f])
    const spreads = (signedLog(row[f]) - mean[f]) * factor[f]
    inputs[f] = isAbsent ? 0 : Math.min(MOST_SPREADS, Math.max(-MOST_SPREADS, spreads))
    inputs[mean.length + f] = isAbsent ? 0 : 1
  }
}

const signedLog = (value: number): number => Math.sign(value) * Math.log(1 + Math.abs(value))

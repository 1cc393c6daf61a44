import { MlError } from '../errors.ts'
import { SpreadSum, signedLog, withinSpreads, type InputEncoding } from './input-encoding.ts'

/** Inputs of one position: size, gap, direction, whether there is such a packet. */
export const CHANNELS = 4

/**
 * The first packets of a flow as a sequence, channel by channel: ln(1 + length) and ln(1 + gap), less their mean, by their spread, within 6
 * spreads; the sign of the length, which is its direction; and whether there is such a packet. Mean and spread are those of all positions
 * together. Packets that are not there do not count, that they are not there does.
 */
export class SequenceEncoding implements InputEncoding {
  readonly network = 'sequence'
  readonly featureCount: number
  readonly columns: Uint16Array
  readonly positions: number
  /** Of the logarithms of lengths, then of gaps. */
  readonly mean: Float32Array
  /** One over the standard deviation of either. */
  readonly factor: Float32Array

  /** `sequence` names the columns of the lengths, then as many of the gaps. Throws TRAINING_NO_FEATURE where no row has a length. */
  constructor(rows: Float32Array, featureCount: number, sequence: ArrayLike<number>) {
    this.featureCount = featureCount
    this.positions = sequence.length / 2
    const all = Array.from(sequence)
    const lengths = all.slice(0, this.positions)
    this.columns = Uint16Array.from([...all, ...lengths, ...lengths])
    const spreads = [lengths, all.slice(this.positions)].map((columns) => spreadOf(rows, featureCount, columns))
    if (spreads[0].count === 0) {
      throw new MlError('TRAINING_NO_FEATURE', 'sequence autoencoder: no row has a packet with payload')
    }
    this.mean = Float32Array.from(spreads, ({ mean }) => mean)
    this.factor = Float32Array.from(spreads, ({ factor }) => factor)
  }

  encode(row: Float32Array, inputs: Float32Array): void {
    const { columns, positions, mean, factor } = this
    for (let i = 0; i < 2 * positions; i++) {
      const value = row[columns[i]]
      const part = i < positions ? 0 : 1
      inputs[i] = Number.isNaN(value) ? 0 : withinSpreads((Math.log(1 + Math.abs(value)) - mean[part]) * factor[part])
    }
    for (let i = 0; i < positions; i++) {
      const length = row[columns[i]]
      inputs[2 * positions + i] = Number.isNaN(length) ? 0 : Math.sign(length)
      inputs[3 * positions + i] = Number.isNaN(length) ? 0 : 1
    }
  }

  weigh(inputs: Float32Array, weights: Float32Array): void {
    const { positions } = this
    let counted = positions
    for (let i = 0; i < positions; i++) counted += (CHANNELS - 1) * inputs[3 * positions + i]
    for (let i = 0; i < positions; i++) {
      const weight = inputs[3 * positions + i] / counted
      weights[i] = weights[positions + i] = weights[2 * positions + i] = weight
      weights[3 * positions + i] = 1 / counted
    }
  }
}

function spreadOf(rows: Float32Array, featureCount: number, columns: readonly number[]): SpreadSum {
  const spread = new SpreadSum()
  for (let at = 0; at < rows.length; at += featureCount) {
    for (const column of columns) spread.add(Math.abs(signedLog(rows[at + column])))
  }
  return spread
}

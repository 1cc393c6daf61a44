import { MlError } from '../errors.ts'
import { createRandom, sampleIndices, type Random } from '../training/random.ts'
import type { TrainingProgress } from '../training/progress.ts'
import { Autoencoder, reconstruct } from './autoencoder.ts'
import { ColumnEncoding } from './column-encoding.ts'
import { fitErrorQuantiles } from './error-quantiles.ts'
import type { Layer } from './layer.ts'
import { denseLayers, sequenceLayers } from './network-layers.ts'
import { SequenceEncoding } from './sequence-encoding.ts'

export interface AutoencoderOptions extends TrainingProgress {
  seed?: number
  /**
   * Columns of the lengths of a flow's first packets, then as many of their gaps: the network reads these alone, as a sequence. Default: a
   * dense network that reads all columns.
   */
  sequence?: ArrayLike<number>
  /** Columns that a dense network reads, the first so many; default all. */
  readCount?: number
  /** Widths of the hidden layers of a dense network; default 32, 8, 32. */
  hidden?: readonly number[]
  /** Passes over the rows at most; default 40, of a sequence 120. */
  epochs?: number
  /** Passes without a better error on held-out rows before it stops; default 4. */
  patience?: number
  /** Rows a step; default 64. */
  batchRows?: number
  /** Default 0.001. */
  learningRate?: number
  /** Rows learned from at most, a seeded sample; default 20,000. */
  maxRows?: number
  /** Told of every pass: mean error of the rows learned from, as they were learned, and of those held out. */
  onEpoch?(epoch: EpochErrors): void
}

export interface EpochErrors {
  /** From 1. */
  epoch: number
  learned: number
  held: number
}

/** Share of the rows that decide when to stop and calibrate the anomaly; never learned from. */
const HELD_SHARE = 0.2
const LEAST_ROWS = 10
const EPOCHS = 40
/** Weights that all positions share are learned more slowly. */
const SEQUENCE_EPOCHS = 120

/** One row as the network reads it. */
interface EncodedRow {
  inputs: Float32Array
  weights: Float32Array
}

/**
 * Trains on rows of `featureCount` float32 values, finite or NaN, by Adam with early stopping: the network kept is that of the pass with
 * the least error on held-out rows. Deterministic by seed. Throws TRAINING_TOO_FEW_ROWS below 10 rows, TRAINING_NO_FEATURE where a
 * sequence is asked for and no row has one.
 */
export function trainAutoencoder(
  rows: Float32Array,
  featureCount: number,
  options: AutoencoderOptions = {},
): Autoencoder {
  const { seed = 1, patience = 4, maxRows = 20_000, sequence } = options
  const epochs = options.epochs ?? (sequence ? SEQUENCE_EPOCHS : EPOCHS)
  const count = rows.length / featureCount
  if (count < LEAST_ROWS) {
    throw new MlError('TRAINING_TOO_FEW_ROWS', `autoencoder: needs at least ${LEAST_ROWS} rows, found ${count}`)
  }
  const random = createRandom(seed)
  const encoding = sequence
    ? new SequenceEncoding(rows, featureCount, sequence)
    : new ColumnEncoding(rows, featureCount, options.readCount)
  const width = encoding.columns.length
  const learned = Array.from(sampleIndices(count, Math.min(count, maxRows), random), (row): EncodedRow => {
    const encoded = { inputs: new Float32Array(width), weights: new Float32Array(width) }
    encoding.encode(rows.subarray(row * featureCount, (row + 1) * featureCount), encoded.inputs)
    encoding.weigh(encoded.inputs, encoded.weights)
    return encoded
  })
  const held = learned.splice(0, Math.max(1, Math.floor(HELD_SHARE * learned.length)))
  const layers = sequence
    ? sequenceLayers(sequence.length / 2, random)
    : denseLayers(width, options.hidden ?? [32, 8, 32], random)
  let best = { error: Infinity, epoch: 0, parameters: layers.map(({ parameters }) => parameters.slice()) }
  for (let epoch = 1, step = 0; epoch <= epochs && epoch - best.epoch <= patience; epoch++) {
    const pass = learn(layers, learned, { ...options, random, step })
    step = pass.step
    const error = mean(errorsOf(layers, held))
    options.onEpoch?.({ epoch, learned: pass.error, held: error })
    if (error < best.error) best = { error, epoch, parameters: layers.map(({ parameters }) => parameters.slice()) }
    options.onProgress?.(epoch / epochs)
  }
  layers.forEach((layer, i) => layer.parameters.set(best.parameters[i]))
  return new Autoencoder({ encoding, layers, quantiles: fitErrorQuantiles(errorsOf(layers, held)) })
}

/** One pass over the rows in a new order; returns the number of the last step and the mean error before each was learned from. */
function learn(
  layers: readonly Layer[],
  rows: readonly EncodedRow[],
  options: AutoencoderOptions & { random: Random; step: number },
): { step: number; error: number } {
  const { random, batchRows = 64, learningRate = 0.001 } = options
  let { step } = options
  let error = 0
  const order = sampleIndices(rows.length, rows.length, random)
  const errors = layers.map(({ outputs }) => new Float32Array(outputs))
  for (let from = 0; from < order.length; from += batchRows) {
    const to = Math.min(order.length, from + batchRows)
    for (let i = from; i < to; i++) error += learnRow(layers, rows[order[i]], errors)
    step++
    for (const layer of layers) layer.update(step, to - from, learningRate)
  }
  return { step, error: error / rows.length }
}

/** Adds one row to the gradient; returns its error. */
function learnRow(layers: readonly Layer[], { inputs, weights }: EncodedRow, errors: readonly Float32Array[]): number {
  const last = layers.length - 1
  const values = reconstruct(layers, inputs)
  let error = 0
  for (let j = 0; j < inputs.length; j++) {
    const difference = values[j] - inputs[j]
    error += weights[j] * difference * difference
    errors[last][j] = 2 * weights[j] * difference
  }
  for (let l = last; l >= 0; l--) layers[l].backward(l > 0 ? layers[l - 1].values : inputs, errors[l], errors[l - 1])
  return error
}

function errorsOf(layers: readonly Layer[], rows: readonly EncodedRow[]): Float32Array {
  return Float32Array.from(rows, ({ inputs, weights }) => {
    const values = reconstruct(layers, inputs)
    return inputs.reduce((sum, input, j) => sum + weights[j] * (input - values[j]) ** 2, 0)
  })
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

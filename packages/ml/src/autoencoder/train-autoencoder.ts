import { MlError } from '../errors.ts'
import { createRandom, sampleIndices, type Random } from '../training/random.ts'
import type { TrainingProgress } from '../training/progress.ts'
import { Autoencoder, reconstructionError } from './autoencoder.ts'
import { fitScaler, scaleRow } from './column-scaler.ts'
import { DenseLayer } from './dense-layer.ts'
import { fitErrorQuantiles } from './error-quantiles.ts'

export interface AutoencoderOptions extends TrainingProgress {
  seed?: number
  /** Widths of the hidden layers; default 32, 8, 32. */
  hidden?: readonly number[]
  /** Passes over the rows at most; default 40. */
  epochs?: number
  /** Passes without a better error on held-out rows before it stops; default 4. */
  patience?: number
  /** Rows a step; default 64. */
  batchRows?: number
  /** Default 0.001. */
  learningRate?: number
  /** Rows learned from at most, a seeded sample; default 20,000. */
  maxRows?: number
}

/** Share of the rows that decide when to stop and calibrate the anomaly; never learned from. */
const HELD_SHARE = 0.2
const LEAST_ROWS = 10

/**
 * Trains on rows of `featureCount` float32 values, finite or NaN, by Adam with early stopping: the network kept is that of the pass with
 * the least error on held-out rows. Deterministic by seed. Throws TRAINING_TOO_FEW_ROWS below 10 rows.
 */
export function trainAutoencoder(
  rows: Float32Array,
  featureCount: number,
  options: AutoencoderOptions = {},
): Autoencoder {
  const { seed = 1, epochs = 40, patience = 4, maxRows = 20_000 } = options
  const count = rows.length / featureCount
  if (count < LEAST_ROWS) {
    throw new MlError('TRAINING_TOO_FEW_ROWS', `autoencoder: needs at least ${LEAST_ROWS} rows, found ${count}`)
  }
  const random = createRandom(seed)
  const scaler = fitScaler(rows, featureCount)
  const inputs = Array.from(sampleIndices(count, Math.min(count, maxRows), random), (row) => {
    const scaled = new Float32Array(2 * featureCount)
    scaleRow(scaler, rows.subarray(row * featureCount, (row + 1) * featureCount), scaled)
    return scaled
  })
  const held = inputs.splice(0, Math.max(1, Math.floor(HELD_SHARE * inputs.length)))
  const layers = createLayers(2 * featureCount, options.hidden ?? [32, 8, 32], random)
  let best = { error: Infinity, epoch: 0, parameters: layers.map(({ parameters }) => parameters.slice()) }
  for (let epoch = 1, step = 0; epoch <= epochs && epoch - best.epoch <= patience; epoch++) {
    step = learn(layers, inputs, { ...options, random, step })
    const error = mean(errorsOf(layers, held, featureCount))
    if (error < best.error) best = { error, epoch, parameters: layers.map(({ parameters }) => parameters.slice()) }
    options.onProgress?.(epoch / epochs)
  }
  layers.forEach((layer, i) => layer.parameters.set(best.parameters[i]))
  return new Autoencoder({
    featureCount,
    scaler,
    layers,
    quantiles: fitErrorQuantiles(errorsOf(layers, held, featureCount)),
  })
}

function createLayers(width: number, hidden: readonly number[], random: Random): DenseLayer[] {
  const widths = [width, ...hidden, width]
  return widths.slice(1).map((outputs, i) => {
    return new DenseLayer({ inputs: widths[i], outputs, isHidden: i < hidden.length }, random)
  })
}

/** One pass over the rows in a new order; returns the number of the last step. */
function learn(
  layers: readonly DenseLayer[],
  rows: readonly Float32Array[],
  options: AutoencoderOptions & { random: Random; step: number },
): number {
  const { random, batchRows = 64, learningRate = 0.001 } = options
  let { step } = options
  const order = sampleIndices(rows.length, rows.length, random)
  const errors = layers.map(({ outputs }) => new Float32Array(outputs))
  const last = layers.length - 1
  for (let from = 0; from < order.length; from += batchRows) {
    const to = Math.min(order.length, from + batchRows)
    for (let i = from; i < to; i++) {
      const inputs = rows[order[i]]
      let values = inputs
      for (const layer of layers) values = layer.forward(values)
      for (let j = 0; j < inputs.length; j++) errors[last][j] = (2 * (values[j] - inputs[j])) / inputs.length
      for (let l = last; l >= 0; l--)
        layers[l].backward(l > 0 ? layers[l - 1].values : inputs, errors[l], errors[l - 1])
    }
    step++
    for (const layer of layers) layer.update(step, to - from, learningRate)
  }
  return step
}

function errorsOf(layers: readonly DenseLayer[], rows: readonly Float32Array[], featureCount: number): Float32Array {
  const parts = new Float32Array(featureCount)
  return Float32Array.from(rows, (inputs) => reconstructionError(layers, inputs, parts))
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

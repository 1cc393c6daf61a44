import { positionsWhere, selectRows, type LabelledRows } from '../../src/dataset/labelled-rows.ts'
import type { EpochErrors } from '../../src/autoencoder/index.ts'
import { confusion } from '../../src/evaluation/index.ts'
import { fitAnomaly, fitAutoencoder, fitClassifierOnThreads } from '../../src/training/train-model.ts'
import type { Peer } from './peer.ts'

/** Where rows were learned from and where they are judged. */
export interface Parts {
  training: LabelledRows
  test: LabelledRows
}

/** What both sides answered; the peer's is absent where there is no scikit-learn. */
export interface Pair<T> {
  own: T
  peer: T | undefined
}

export interface ForestSettings {
  seed: number
  minLeafRows: number
  classWeights?: 'balanced'
}

/** Probabilities of the test rows, row-major, the classes in the order of the table. */
export async function answerForest(parts: Parts, settings: ForestSettings, peer?: Peer): Promise<Pair<Float32Array>> {
  const { training, test } = parts
  const { forest, classes } = await fitClassifierOnThreads(training, settings)
  const width = test.classes.length
  const found = forest.predict(test.rows)
  const own = new Float32Array(test.labels.length * width)
  classes.forEach((name, from) => {
    const to = test.classes.indexOf(name)
    for (let i = 0; i < test.labels.length; i++) own[i * width + to] = found[i * classes.length + from]
  })
  const labels = training.labels.map((label) => test.classes.indexOf(training.classes[label]))
  const job = { task: 'random-forest', classes: width, ...settings } as const
  return { own, peer: await peer?.run(job, { ...training, labels }, test) }
}

/** Confusion of the most probable class, counts[actual][predicted]. */
export function confusionOf(probabilities: Float32Array, { labels, classes }: LabelledRows): number[][] {
  const predicted = Array.from(labels, (_, i) => {
    const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
    return row.indexOf(Math.max(...row))
  })
  return confusion(Array.from(labels), predicted, classes.length)
}

/** The column of one class. */
export const columnOf = (probabilities: Float32Array, { labels, classes }: LabelledRows, name: string): number[] =>
  Array.from(labels, (_, i) => probabilities[i * classes.length + classes.indexOf(name)])

/** What an anomaly model that saw usual rows alone says of test rows. */
export interface AnomalyAnswer {
  score: ArrayLike<number>
  /** Share of usual rows that score lower. */
  anomaly: ArrayLike<number>
}

export type IsNormal = (label: string | undefined) => boolean

export interface AnomalySettings {
  seed: number
  sampleSize: number
}

export const normalOf = (data: LabelledRows, isNormal: IsNormal): LabelledRows =>
  selectRows(data, positionsWhere(data, isNormal))

export const isAttack = (data: LabelledRows, isNormal: IsNormal): boolean[] =>
  Array.from(data.labels, (label) => !isNormal(data.classes[label]))

/** An isolation forest of the normal training rows. */
export async function answerIsolation(
  { training, test }: Parts,
  isNormal: IsNormal,
  settings: AnomalySettings,
  peer?: Peer,
): Promise<Pair<AnomalyAnswer>> {
  const normal = normalOf(training, isNormal)
  const own = fitAnomaly(normal, settings).predict(test.rows)
  const scores = await peer?.run({ task: 'isolation-forest', ...settings }, normal, test)
  return { own, peer: scores && ranked(scores, normal.labels.length) }
}

export function answerAutoencoder(
  { training, test }: Parts,
  isNormal: IsNormal,
  seed: number,
  onEpoch?: (epoch: EpochErrors) => void,
): AnomalyAnswer {
  return fitAutoencoder(normalOf(training, isNormal), { seed, onEpoch }).predict(test.rows)
}

/** The first `usual` scores are of usual rows; the anomaly of the others is their rank among them. */
function ranked(scores: Float32Array, usual: number): AnomalyAnswer {
  const score = scores.slice(usual)
  return { score, anomaly: rankAmong(scores.subarray(0, usual), score) }
}

/** Share of `usual` that each score lies above. */
export function rankAmong(usual: ArrayLike<number>, scores: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(usual).sort()
  return Array.from(scores, (score) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle] < score) low = middle + 1
      else high = middle
    }
    return low / sorted.length
  })
}

import { positionsWhere, rowCount, selectRows, type LabelledRows } from '../../src/dataset/labelled-rows.ts'
import { accuracy, auc, confusion, f1AtThreshold, macroF1 } from '../../src/evaluation/index.ts'
import type { IsolationForestOptions } from '../../src/training/isolation-forest.ts'
import type { RandomForestOptions } from '../../src/training/random-forest.ts'
import { fitAnomaly, fitAutoencoder, fitClassifierOnThreads } from '../../src/training/train-model.ts'

const SEED = 1

/** Confusion of a random forest of `training` on `test`, counts[actual][predicted]. */
export async function judgeForest(
  training: LabelledRows,
  test: LabelledRows,
  options: RandomForestOptions = {},
): Promise<{ accuracy: number; macroF1: number; counts: number[][] }> {
  const { forest, classes } = await fitClassifierOnThreads(training, { seed: SEED, ...options })
  const probabilities = forest.predict(test.rows)
  const predicted = Array.from(test.labels, (_, i) => {
    const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
    return row.indexOf(Math.max(...row))
  })
  const position = test.classes.map((name) => classes.indexOf(name))
  const actual = Array.from(test.labels, (label) => position[label])
  const counts = confusion(actual, predicted, classes.length)
  return { accuracy: accuracy(counts), macroF1: macroF1(counts), counts }
}

/** AUC of a forest that learned what attacks look like: share of votes for `attack`. */
export async function attackAuc(training: LabelledRows, test: LabelledRows): Promise<number> {
  const { forest, classes } = await fitClassifierOnThreads(training, { seed: SEED, trees: 200, minLeafRows: 5 })
  const attack = classes.indexOf('attack')
  const probabilities = forest.predict(test.rows)
  const scores = Array.from(test.labels, (_, i) => probabilities[i * classes.length + attack])
  return auc(
    scores,
    isPositive(test, (label) => label === 'attack'),
  )
}

export interface AnomalyJudgement {
  auc: number
  /** F1 at the score that a stated share of the benign training rows exceeds. */
  f1: number
}

export const ISOLATION = { seed: SEED, sampleSize: 1024 } satisfies IsolationForestOptions
/** Share of benign rows above the threshold. */
export const BENIGN_ABOVE = 0.05

/** An anomaly model of the normal rows of `training` alone, ranked and cut on `test`. */
export function judgeAnomaly(
  training: LabelledRows,
  test: LabelledRows,
  { model, isNormal }: { model: 'isolation-forest' | 'autoencoder'; isNormal: (label: string | undefined) => boolean },
): AnomalyJudgement {
  const normal = selectRows(training, positionsWhere(training, isNormal))
  const trained = model === 'autoencoder' ? fitAutoencoder(normal, { seed: SEED }) : fitAnomaly(normal, ISOLATION)
  const { score, anomaly } = trained.predict(test.rows)
  const positive = isPositive(test, (label) => !isNormal(label))
  return { auc: auc(score, positive), f1: f1AtThreshold(anomaly, positive, 1 - BENIGN_ABOVE) }
}

const isPositive = (data: LabelledRows, test: (label: string) => boolean): boolean[] =>
  Array.from(data.labels, (label) => test(data.classes[label]))

/** The first part of the rows in their order, and the rest. */
export function splitByOrder(data: LabelledRows, share: number): { first: LabelledRows; rest: LabelledRows } {
  const cut = Math.floor(rowCount(data) * share)
  const positions = Array.from({ length: rowCount(data) }, (_, i) => i)
  return { first: selectRows(data, positions.slice(0, cut)), rest: selectRows(data, positions.slice(cut)) }
}

import type { LabelledRows } from '../../src/dataset/labelled-rows.ts'
import { auc, macroF1 } from '../../src/evaluation/index.ts'
import {
  answerForest,
  answerIsolation,
  columnOf,
  confusionOf,
  isAttack,
  type AnomalySettings,
  type ForestSettings,
  type IsNormal,
  type Parts,
} from './judge.ts'
import { blocksWithinClass } from './split.ts'

const SEED = 1
const LEAVES = [1, 5] as const
const SAMPLES = [256, 1024] as const
const BLOCKS = 4

/** Rows a leaf, by the AUC of `attack` on parts that lie inside of what is learned from. */
export async function chooseLeaves(inside: Parts): Promise<ForestSettings> {
  const options = LEAVES.map((minLeafRows) => ({ seed: SEED, minLeafRows }))
  return best(options, async (settings) => {
    const { own } = await answerForest(inside, settings)
    return auc(
      columnOf(own, inside.test, 'attack'),
      isAttack(inside.test, (label) => label !== 'attack'),
    )
  })
}

/**
 * Whether classes weigh the same, by macro-F1 over all rows of what is learned from, each judged by a forest of the other blocks of time: the
 * smallest classes have too few rows for one validation part to say anything.
 */
export async function chooseClassWeights(training: LabelledRows): Promise<ForestSettings> {
  const blocks = blocksWithinClass(training, BLOCKS)
  const options: ForestSettings[] = [undefined, 'balanced' as const].map((classWeights) => {
    return { seed: SEED, minLeafRows: 1, ...(classWeights && { classWeights }) }
  })
  return best(options, async (settings) => {
    let counts: number[][] | undefined
    for (const parts of blocks) {
      const found = confusionOf((await answerForest(parts, settings)).own, parts.test)
      counts = counts?.map((row, i) => row.map((count, j) => count + found[i][j])) ?? found
    }
    return macroF1(counts ?? [])
  })
}

/** Rows a tree of an isolation forest, by the mean AUC on parts that lie inside of what is learned from. */
export async function chooseSample(inside: readonly Parts[], isNormal: IsNormal): Promise<AnomalySettings> {
  const options = SAMPLES.map((sampleSize) => ({ seed: SEED, sampleSize }))
  return best(options, async (settings) => {
    let sum = 0
    for (const parts of inside) {
      const { own } = await answerIsolation(parts, isNormal, settings)
      sum += auc(own.score, isAttack(parts.test, isNormal))
    }
    return sum
  })
}

/** The option with the highest value, the first of equals. */
export async function best<T>(options: readonly T[], judge: (option: T) => Promise<number> | number): Promise<T> {
  const values: number[] = []
  for (const option of options) values.push(await judge(option))
  return options[values.indexOf(Math.max(...values))]
}

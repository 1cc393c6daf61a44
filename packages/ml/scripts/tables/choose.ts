import { auc } from '../../src/evaluation/index.ts'
import {
  answerForest,
  answerIsolation,
  columnOf,
  isAttack,
  type AnomalySettings,
  type ForestSettings,
  type IsNormal,
  type Parts,
} from './judge.ts'

const SEED = 1
const LEAVES = [1, 5] as const
const SAMPLES = [256, 1024] as const

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

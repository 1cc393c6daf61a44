import { leafOf, type DecisionTree } from './decision-tree.ts'
import { growTree, planForest, type ForestPlan, type RandomForestOptions } from './forest-plan.ts'
import { OutOfBagVotes, type OutOfBag } from './out-of-bag.ts'
import {
  MIN_CALIBRATION_ROWS,
  calibrateRow,
  fitCalibration,
  judgeVotes,
  type ProbabilityCalibration,
} from './probability-calibration.ts'
import type { TrainingProgress } from './progress.ts'
import { growTreesOnThreads } from './tree-threads.ts'

export type { RandomForestOptions } from './forest-plan.ts'

/** Rows that go through one tree after the other: a tree stays in the processor's cache for all of them. */
const BLOCK_ROWS = 512

export class RandomForest {
  readonly kind = 'random-forest'
  readonly featureCount: number
  readonly classCount: number
  readonly trees: readonly DecisionTree[]
  readonly calibration: ProbabilityCalibration | undefined
  readonly outOfBag: OutOfBag | undefined

  constructor(parts: Pick<RandomForest, 'featureCount' | 'classCount' | 'trees'> & Partial<RandomForest>) {
    this.featureCount = parts.featureCount
    this.classCount = parts.classCount
    this.trees = parts.trees
    this.calibration = parts.calibration
    this.outOfBag = parts.outOfBag
  }

  /** Row-major probabilities, classCount a row. Inputs may be infinite or NaN. */
  predict(rows: Float32Array): Float32Array {
    const { featureCount, classCount } = this
    const count = rows.length / featureCount
    const probabilities = new Float32Array(count * classCount)
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const to = Math.min(count, from + BLOCK_ROWS)
      for (const tree of this.trees) {
        for (let i = from; i < to; i++) {
          const at = leafOf(tree, rows, i * featureCount) * classCount
          for (let k = 0; k < classCount; k++) probabilities[i * classCount + k] += tree.values[at + k]
        }
      }
    }
    const { calibration } = this
    if (calibration) {
      for (let i = 0; i < count; i++) {
        calibrateRow(probabilities.subarray(i * classCount, (i + 1) * classCount), calibration)
      }
    }
    return probabilities
  }
}

/**
 * Random forest (Breiman 2001) over rows of `featureCount` float32 values, finite or NaN, with labels 0 ... classCount-1.
 * Deterministic by seed. Throws TRAINING_ONE_CLASS unless at least two classes have rows.
 */
export function trainRandomForest(
  rows: Float32Array,
  labels: Uint16Array,
  shape: { featureCount: number; classCount: number },
  options: RandomForestOptions & TrainingProgress = {},
): RandomForest {
  const plan = planForest(rows, labels, shape, options)
  const trees: DecisionTree[] = []
  for (let t = 0; t < plan.treeCount; t++) {
    trees.push(growTree(plan, t))
    options.onProgress?.((t + 1) / plan.treeCount)
  }
  return assemble(plan, shape, trees)
}

/** The same forest, its trees grown on several threads at once. Rejects with TRAINING_FAILED where a thread dies. */
export async function trainRandomForestOnThreads(
  rows: Float32Array,
  labels: Uint16Array,
  shape: { featureCount: number; classCount: number },
  options: RandomForestOptions & TrainingProgress & { threads: number },
): Promise<RandomForest> {
  const plan = planForest(rows, labels, shape, options)
  return assemble(plan, shape, await growTreesOnThreads(plan, options))
}

function assemble(
  plan: ForestPlan,
  shape: { featureCount: number; classCount: number },
  trees: DecisionTree[],
): RandomForest {
  if (!plan.votes) return new RandomForest({ ...shape, trees })
  const { classCount } = shape
  const { probabilities, labels } = new OutOfBagVotes(plan.votes, classCount).probabilities(plan.labels)
  if (labels.length < MIN_CALIBRATION_ROWS) return new RandomForest({ ...shape, trees })
  const floor = 1 / (2 * plan.treeCount)
  const calibration = fitCalibration(probabilities, labels, { classCount, floor })
  const outOfBag = judgeVotes(probabilities, labels, classCount, calibration)
  return new RandomForest({ ...shape, trees, calibration, outOfBag })
}

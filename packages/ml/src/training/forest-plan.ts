import { MlError } from '../errors.ts'
import { drawBootstrap, shareColumns, type BinnedRows } from './binned-rows.ts'
import { binColumns } from './bins.ts'
import { growClassificationTree } from './classification-tree.ts'
import type { DecisionTree } from './decision-tree.ts'
import { OutOfBagVotes } from './out-of-bag.ts'
import { createRandom, partSeed } from './random.ts'

export interface RandomForestOptions {
  seed?: number
  /** Default 100. */
  trees?: number
  /** Default unlimited. */
  maxDepth?: number
  /** Default 1. */
  minLeafRows?: number
  /** Columns tried a node; default the square root of all. */
  featuresPerNode?: number
  /** `balanced` weighs every class as much as any other; default none. */
  classWeights?: 'balanced' | readonly number[]
  /** Judge every row by the trees that did not see it, and calibrate the probabilities on these votes; default false. */
  outOfBag?: boolean
}

/** All that a tree needs; its large arrays are shared memory, so any thread can grow any tree. */
export interface ForestPlan {
  seed: number
  treeCount: number
  maxDepth: number
  minLeafRows: number
  featuresPerNode: number
  binned: BinnedRows
  labels: Uint16Array
  /** Weight of a row of each class. */
  weights: Float64Array
  /** Votes of the trees that did not see a row, where asked for. */
  votes: Int32Array | undefined
}

/** Throws TRAINING_ONE_CLASS unless at least two classes have rows. */
export function planForest(
  rows: Float32Array,
  labels: Uint16Array,
  shape: { featureCount: number; classCount: number },
  options: RandomForestOptions,
): ForestPlan {
  const { featureCount, classCount } = shape
  const { seed = 1, trees: treeCount = 100, maxDepth = Infinity, minLeafRows = 1 } = options
  const weights = classWeights(labels, classCount, options.classWeights)
  const sharedLabels = new Uint16Array(new SharedArrayBuffer(labels.byteLength))
  sharedLabels.set(labels)
  return {
    seed,
    treeCount,
    maxDepth,
    minLeafRows,
    featuresPerNode: options.featuresPerNode ?? Math.max(1, Math.round(Math.sqrt(featureCount))),
    binned: shareColumns(binColumns(rows, featureCount, seed, labels)),
    labels: sharedLabels,
    weights,
    votes: options.outOfBag ? OutOfBagVotes.allocate(labels.length, classCount) : undefined,
  }
}

/** Tree number `index` of the forest: the same whichever thread grows it, and when. */
export function growTree(plan: ForestPlan, index: number): DecisionTree {
  const random = createRandom(partSeed(plan.seed, index))
  const drawn = drawBootstrap(plan.labels, random)
  const tree = growClassificationTree({ ...plan, drawn, random, leafScale: 1 / plan.treeCount })
  if (plan.votes) new OutOfBagVotes(plan.votes, plan.weights.length).add(tree, plan, drawn.unseen)
  return tree
}

function classWeights(
  labels: Uint16Array,
  classCount: number,
  choice: RandomForestOptions['classWeights'],
): Float64Array {
  const counts = new Float64Array(classCount)
  for (const label of labels) counts[label]++
  const present = counts.filter((count) => count > 0).length
  if (present < 2) {
    throw new MlError('TRAINING_ONE_CLASS', `random forest: needs rows of at least 2 classes, found ${present}`)
  }
  if (choice === undefined) return new Float64Array(classCount).fill(1)
  if (choice !== 'balanced') return Float64Array.from(choice)
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 0))
}

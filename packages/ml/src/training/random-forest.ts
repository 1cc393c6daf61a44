import { MlError } from '../errors.ts'
import { binColumns } from './bins.ts'
import { growClassificationTree } from './classification-tree.ts'
import { leafOf, type DecisionTree } from './decision-tree.ts'
import type { TrainingProgress } from './progress.ts'
import { createRandom } from './random.ts'

export interface RandomForestOptions extends TrainingProgress {
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
}

export class RandomForest {
  readonly kind = 'random-forest'
  readonly featureCount: number
  readonly classCount: number
  readonly trees: readonly DecisionTree[]

  constructor(parts: { featureCount: number; classCount: number; trees: DecisionTree[] }) {
    this.featureCount = parts.featureCount
    this.classCount = parts.classCount
    this.trees = parts.trees
  }

  /** Row-major probabilities, classCount a row. Inputs may be infinite or NaN. */
  predict(rows: Float32Array): Float32Array {
    const { featureCount, classCount } = this
    const count = rows.length / featureCount
    const sums = new Float64Array(classCount)
    const probabilities = new Float32Array(count * classCount)
    for (let i = 0; i < count; i++) {
      sums.fill(0)
      for (const tree of this.trees) {
        const at = leafOf(tree, rows, i * featureCount) * classCount
        for (let k = 0; k < classCount; k++) sums[k] += tree.values[at + k]
      }
      probabilities.set(sums, i * classCount)
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
  options: RandomForestOptions = {},
): RandomForest {
  const { featureCount, classCount } = shape
  const { seed = 1, trees: treeCount = 100, maxDepth = Infinity, minLeafRows = 1, onProgress } = options
  const weights = classWeights(labels, classCount, options.classWeights)
  const columns = binColumns(rows, featureCount, seed)
  const featuresPerNode = options.featuresPerNode ?? Math.max(1, Math.round(Math.sqrt(featureCount)))
  const random = createRandom(seed)
  const common = { columns, labels, classCount, weights, maxDepth, minLeafRows, featuresPerNode, random }
  const trees: DecisionTree[] = []
  for (let t = 0; t < treeCount; t++) {
    const sample = new Uint32Array(labels.length)
    for (let i = 0; i < sample.length; i++) sample[i] = Math.floor(random() * labels.length)
    trees.push(growClassificationTree({ ...common, sample, leafScale: 1 / treeCount }))
    onProgress?.((t + 1) / treeCount)
  }
  return new RandomForest({ featureCount, classCount, trees })
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

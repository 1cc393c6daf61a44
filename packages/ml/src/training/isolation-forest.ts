import { MlError } from '../errors.ts'
import { leafOf, type DecisionTree } from './decision-tree.ts'
import { MAX_DEPTH, averagePath, growIsolationTree } from './isolation-tree.ts'
import { fitQuantileMap, mapQuantile, type QuantileMap } from './quantile-map.ts'
import { createRandom, sampleIndices, type Random } from './random.ts'
import type { TrainingProgress } from './progress.ts'

export interface IsolationForestOptions extends TrainingProgress {
  seed?: number
  /** Default 100. */
  trees?: number
  /** Rows a tree; default 256. */
  sampleSize?: number
  /** Share of cuts outside of what a node holds, see growIsolationTree; default 0.5 (CICIDS2017 sample: AUC 0.879 at 0, 0.892 at 0.2, 0.910 at 0.5). */
  outsideShare?: number
}

/** Rows at most that the scores are calibrated on. */
const CALIBRATION_ROWS = 20_000

/** Float32 adds whole multiples of a power of two exactly while the sum stays under 2^24 of them. */
const EXACT_BITS = 24

export class IsolationForest {
  readonly kind = 'isolation-forest'
  readonly featureCount: number
  readonly trees: readonly DecisionTree[]
  /** Rows each tree was grown on. */
  readonly sampleSize: number
  readonly quantiles: QuantileMap

  constructor(parts: Pick<IsolationForest, 'featureCount' | 'trees' | 'sampleSize' | 'quantiles'>) {
    this.featureCount = parts.featureCount
    this.trees = parts.trees
    this.sampleSize = parts.sampleSize
    this.quantiles = parts.quantiles
  }

  /** score = 2^-(path sum * scale): one over trees times the mean path of a sample. */
  get scale(): number {
    return 1 / (this.trees.length * Math.max(1, averagePath(this.sampleSize)))
  }

  /** Per row the isolation score (0 to 1) and the anomaly: share of training rows that score lower. Inputs may be infinite or NaN. */
  predict(rows: Float32Array): { score: Float32Array; anomaly: Float32Array } {
    const sums = this.pathSums(rows)
    return {
      score: sums.map((sum) => 2 ** (-sum * this.scale)),
      anomaly: sums.map((sum) => mapQuantile(this.quantiles, sum)),
    }
  }

  /** Path lengths added up over the trees; the lower, the more unusual. */
  pathSums(rows: Float32Array): Float32Array {
    const sums = new Float32Array(rows.length / this.featureCount)
    for (let i = 0; i < sums.length; i++) sums[i] = pathSum(this.trees, rows, i * this.featureCount)
    return sums
  }

  /**
   * The same forest with its anomaly calibrated on other path sums, such as those of flows from captures it has not seen, which
   * is stricter than calibrating on flows that are like those it was grown on.
   */
  calibratedOn(sums: Float32Array): IsolationForest {
    return new IsolationForest({ ...this, quantiles: fitQuantileMap(sums, lowestSum(this.trees)) })
  }

  /** The same forest with the calibration of another one of as many trees. */
  calibratedLike({ quantiles }: IsolationForest): IsolationForest {
    return new IsolationForest({ ...this, quantiles })
  }
}

/**
 * Isolation forest (Liu, Ting, Zhou 2008) over rows of `featureCount` float32 values, finite or NaN. Deterministic by seed.
 * Calibrated on training rows, each only by the trees that did not grow on it. Throws TRAINING_TOO_FEW_ROWS below 2 rows.
 */
export function trainIsolationForest(
  rows: Float32Array,
  featureCount: number,
  options: IsolationForestOptions = {},
): IsolationForest {
  const { seed = 1, trees: treeCount = 100, outsideShare = 0.5, onProgress } = options
  const count = rows.length / featureCount
  if (count < 2) throw new MlError('TRAINING_TOO_FEW_ROWS', `isolation forest: needs at least 2 rows, found ${count}`)
  const random = createRandom(seed)
  const sampleSize = Math.min(options.sampleSize ?? 256, count)
  const quantise = pathGrid(treeCount, sampleSize)
  const calibration = new Calibration(rows, featureCount, treeCount, random)
  const trees: DecisionTree[] = []
  for (let t = 0; t < treeCount; t++) {
    const sample = sampleIndices(count, sampleSize, random)
    const grownOn = new Set(sample)
    const tree = growIsolationTree({ rows, featureCount, sample, random, outsideShare, quantise })
    trees.push(tree)
    calibration.add(tree, grownOn)
    onProgress?.((t + 1) / treeCount)
  }
  return new IsolationForest({
    featureCount,
    trees,
    sampleSize,
    quantiles: fitQuantileMap(calibration.sums(quantise), lowestSum(trees)),
  })
}

/** Path sums of some training rows, each by the trees that have not seen it, scaled up to all trees. */
class Calibration {
  readonly #rows: Float32Array
  readonly #featureCount: number
  readonly #treeCount: number
  readonly #chosen: Uint32Array
  readonly #unseen: Float64Array
  readonly #unseenTrees: Uint32Array
  readonly #seen: Float64Array

  constructor(rows: Float32Array, featureCount: number, treeCount: number, random: Random) {
    const count = rows.length / featureCount
    this.#rows = rows
    this.#featureCount = featureCount
    this.#treeCount = treeCount
    this.#chosen = sampleIndices(count, Math.min(count, CALIBRATION_ROWS), random)
    this.#unseen = new Float64Array(this.#chosen.length)
    this.#unseenTrees = new Uint32Array(this.#chosen.length)
    this.#seen = new Float64Array(this.#chosen.length)
  }

  add(tree: DecisionTree, grownOn: ReadonlySet<number>): void {
    for (let i = 0; i < this.#chosen.length; i++) {
      const path = tree.values[leafOf(tree, this.#rows, this.#chosen[i] * this.#featureCount)]
      if (grownOn.has(this.#chosen[i])) this.#seen[i] += path
      else {
        this.#unseen[i] += path
        this.#unseenTrees[i]++
      }
    }
  }

  sums(quantise: (path: number) => number): Float32Array {
    return Float32Array.from(this.#chosen, (_, i) =>
      quantise(this.#unseenTrees[i] > 0 ? (this.#unseen[i] / this.#unseenTrees[i]) * this.#treeCount : this.#seen[i]),
    )
  }
}

function pathSum(trees: readonly DecisionTree[], rows: Float32Array, offset: number): number {
  let sum = 0
  for (const tree of trees) sum += tree.values[leafOf(tree, rows, offset)]
  return sum
}

const lowestSum = (trees: readonly DecisionTree[]): number => trees.reduce((sum, tree) => sum + shortestPath(tree), 0)

function shortestPath(tree: DecisionTree): number {
  let shortest = Infinity
  for (let node = 0; node < tree.feature.length; node++) {
    if (tree.feature[node] < 0) shortest = Math.min(shortest, tree.values[node])
  }
  return shortest
}

/** Rounds to the finest power of two on which the sum over all trees still adds up exactly in float32. */
function pathGrid(treeCount: number, sampleSize: number): (path: number) => number {
  const longest = MAX_DEPTH + averagePath(sampleSize)
  const steps = 2 ** (EXACT_BITS - Math.ceil(Math.log2(treeCount * longest + 1)))
  return (path) => Math.round(path * steps) / steps
}

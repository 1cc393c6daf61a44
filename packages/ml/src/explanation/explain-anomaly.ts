import type { IsolationForest } from '../training/isolation-forest.ts'
import { mapQuantile } from '../training/quantile-map.ts'
import { addPathContributions, explainTree, type ExplainedTree } from './path-contributions.ts'
import { usualRanges, type UsualRange } from './usual-range.ts'

export interface FeatureReason {
  feature: string
  /** NaN where absent. */
  observed: number
  usual: UsualRange
  /** How many steps of path, over all trees, the feature took from the flow: the more, the more it made it unusual. */
  contribution: number
}

export interface AnomalyExplanation {
  anomaly: number
  /** The features that moved the score up, the strongest first. */
  reasons: FeatureReason[]
  /** The fewest features that, put back to their usual values, bring the anomaly below the threshold; empty where it is below. */
  smallestChange: { feature: string; from: number; to: number }[]
}

/** Explains an isolation forest on one host, against reference rows of that host. Cuts along the columns only. */
export class AnomalyExplainer {
  readonly #forest: IsolationForest
  readonly #names: readonly string[]
  readonly #trees: readonly ExplainedTree[]
  readonly #usual: readonly UsualRange[]

  /** Throws a RangeError for an extended forest, whose columns are directions, or without reference rows. */
  constructor(forest: IsolationForest, featureNames: readonly string[], reference: Float32Array) {
    if (forest.projection) throw new RangeError('explanation: an extended forest cuts directions, not features')
    if (reference.length < forest.featureCount) throw new RangeError('explanation: needs at least one reference row')
    this.#forest = forest
    this.#names = featureNames
    const output = { index: 0, count: 1 }
    this.#trees = forest.trees.map((tree) => explainTree(tree, reference, forest.featureCount, output))
    this.#usual = usualRanges(reference, forest.featureCount)
  }

  /** At most `count` reasons. */
  explain(row: Float32Array, { threshold = 0.99, count = 5 } = {}): AnomalyExplanation {
    const order = this.#strongest(row)
    const reasons = order.slice(0, count).map(({ column, contribution }) => ({
      feature: this.#names[column],
      observed: row[column],
      usual: this.#usual[column],
      contribution,
    }))
    return { anomaly: this.#anomaly(row), reasons, smallestChange: this.#smallestChange(row, threshold) }
  }

  #strongest(row: Float32Array): { column: number; contribution: number }[] {
    const contributions = new Float64Array(row.length)
    addPathContributions(this.#trees, row, contributions)
    return Array.from(contributions, (sum, column) => ({ column, contribution: -sum }))
      .filter(({ contribution }) => contribution > 0)
      .sort((a, b) => b.contribution - a.contribution)
  }

  /**
   * Puts back one feature after the other, each time the one that lowers the anomaly most, until it is below the threshold; then
   * takes back every change that turns out not to be needed.
   */
  #smallestChange(row: Float32Array, threshold: number): AnomalyExplanation['smallestChange'] {
    const changed = row.slice()
    const columns: number[] = []
    const open = new Set(this.#strongest(row).map(({ column }) => column))
    while (this.#anomaly(changed) >= threshold && open.size > 0) {
      const best = [...open]
        .map((column) => ({ column, sum: this.#sumWith(changed, column) }))
        .reduce((a, b) => (b.sum > a.sum ? b : a))
      open.delete(best.column)
      changed[best.column] = this.#usual[best.column].middle
      columns.push(best.column)
    }
    if (this.#anomaly(changed) >= threshold) return []
    const needed = columns.filter((column) => {
      const put = changed[column]
      changed[column] = row[column]
      if (this.#anomaly(changed) < threshold) return false
      changed[column] = put
      return true
    })
    return needed.map((column) => ({ feature: this.#names[column], from: row[column], to: changed[column] }))
  }

  #sumWith(row: Float32Array, column: number): number {
    const value = row[column]
    row[column] = this.#usual[column].middle
    const [sum] = this.#forest.pathSums(row)
    row[column] = value
    return sum
  }

  #anomaly(row: Float32Array): number {
    return mapQuantile(this.#forest.quantiles, this.#forest.pathSums(row)[0])
  }
}

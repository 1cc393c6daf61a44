import type { RandomForest } from '../training/random-forest.ts'
import { addPathContributions, explainTree, type ExplainedTree } from './path-contributions.ts'

export interface ClassReason {
  feature: string
  observed: number
  /** Added to the share of votes for the class; all of them and the share over the reference rows add up to the flow's share. */
  contribution: number
}

/** Explains why a random forest gives a row its share of votes for one class, against reference rows. */
export class ClassExplainer {
  readonly #names: readonly string[]
  readonly #trees: readonly (readonly ExplainedTree[])[]

  constructor(forest: RandomForest, featureNames: readonly string[], reference: Float32Array) {
    const { classCount, featureCount } = forest
    this.#names = featureNames
    this.#trees = Array.from({ length: classCount }, (_, index) =>
      forest.trees.map((tree) => explainTree(tree, reference, featureCount, { index, count: classCount })),
    )
  }

  /** Share of votes over the reference rows. */
  base(classIndex: number): number {
    return this.#trees[classIndex].reduce((sum, { means }) => sum + means[0], 0)
  }

  /** Every feature that moved the share, the strongest first. */
  explain(row: Float32Array, classIndex: number): ClassReason[] {
    const contributions = new Float64Array(row.length)
    addPathContributions(this.#trees[classIndex], row, contributions)
    return Array.from(contributions, (contribution, column) => ({
      feature: this.#names[column],
      observed: row[column],
      contribution,
    }))
      .filter(({ contribution }) => contribution !== 0)
      .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
  }
}

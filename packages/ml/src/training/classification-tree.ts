import { LABEL_BITS, LABEL_MASK, type BinnedRows, type DrawnRows } from './binned-rows.ts'
import type { DecisionTree } from './decision-tree.ts'
import { orderedKeys } from './ordered-keys.ts'
import type { Random } from './random.ts'
import { RowSpace } from './row-space.ts'
import { SplitSearch, type NodeCounts } from './split-search.ts'
import { TreeBuilder } from './tree-builder.ts'

export interface ClassificationTreeInput {
  binned: BinnedRows
  drawn: DrawnRows
  /** Weight of a row of each class. */
  weights: Float64Array
  maxDepth: number
  minLeafRows: number
  /** Columns that vary tried a node. */
  featuresPerNode: number
  random: Random
  /** A leaf's probabilities are multiplied by this: one over the number of trees. */
  leafScale: number
}

interface Task {
  node: number
  from: number
  to: number
  depth: number
}

/** Nodes of this many rows and fewer are grown on a copy that lies close together in the processor's cache. */
const NEAR_ROWS = 8192
/** Up to here a node's keys are put in order; above, its rows are counted into a histogram. */
const SORTED_ROWS = 1024

/** One tree of a random forest: weighted Gini impurity over binned columns, without pruning. */
export function growClassificationTree(input: ClassificationTreeInput): DecisionTree {
  return new Grower(input).grow()
}

class Grower {
  readonly #input: ClassificationTreeInput
  readonly #builder: TreeBuilder
  readonly #features: Uint32Array
  readonly #node: NodeCounts
  readonly #search: SplitSearch
  readonly #near: RowSpace

  constructor(input: ClassificationTreeInput) {
    const { binned, weights } = input
    this.#input = input
    this.#builder = new TreeBuilder(weights.length)
    this.#features = Uint32Array.from(binned.edges, (_, i) => i)
    this.#node = { weighted: new Float64Array(weights.length), total: 0, squares: 0, draws: 0 }
    this.#search = new SplitSearch(weights, input.minLeafRows, this.#node)
    this.#near = RowSpace.empty(binned.edges.length, NEAR_ROWS)
  }

  grow(): DecisionTree {
    const { binned, drawn } = this.#input
    const root = { node: this.#builder.addNode(), from: 0, to: drawn.rows.length, depth: 0 }
    this.#growFrom(new RowSpace(binned, drawn), root)
    return this.#builder.build()
  }

  #growFrom(space: RowSpace, root: Task): void {
    const stack = [root]
    for (let task = stack.pop(); task; task = stack.pop()) {
      const { node, from, to, depth } = task
      if (space !== this.#near && to - from <= NEAR_ROWS) {
        this.#near.load(space, this.#input.binned.byRow, from, to)
        this.#growFrom(this.#near, { node, from: 0, to: to - from, depth })
        continue
      }
      if (!this.#findSplit(space, task)) {
        this.#writeLeaf(node)
        continue
      }
      const { best } = this.#search
      const edges = this.#input.binned.edges[best.feature]
      const threshold = best.code < edges.length ? edges[best.code] : Infinity
      const middle = space.partition(best, from, to)
      const left = this.#builder.split(node, { feature: best.feature, threshold, missingLeft: best.missingLeft })
      stack.push(
        { node: left + 1, from: middle, to, depth: depth + 1 },
        { node: left, from, to: middle, depth: depth + 1 },
      )
    }
  }

  #findSplit(space: RowSpace, { from, to, depth }: Task): boolean {
    const { maxDepth, minLeafRows, featuresPerNode, random } = this.#input
    const present = this.#count(space, from, to)
    if (present < 2 || depth >= maxDepth || this.#node.draws < 2 * minLeafRows) return false
    const features = this.#features
    this.#search.reset()
    for (
      let drawn = 0, tried = 0;
      drawn < features.length && tried < featuresPerNode && !this.#search.isPerfect;
      drawn++
    ) {
      const other = drawn + Math.floor(random() * (features.length - drawn))
      const feature = features[other]
      features[other] = features[drawn]
      features[drawn] = feature
      if (this.#try(space, feature, from, to)) tried++
    }
    return this.#search.best.feature >= 0
  }

  /** Whether the column varies in the node. */
  #try(space: RowSpace, feature: number, from: number, to: number): boolean {
    const { codes, rows, tags } = space
    const base = feature * space.stride
    const count = to - from
    if (count > SORTED_ROWS) return this.#search.tryHistogram(feature, codes, base, { rows, tags, from, to })
    return this.#search.trySorted(feature, orderedKeys(codes, base, space, from, count), count)
  }

  /** Counts the classes of a node; returns how many there are. */
  #count({ tags }: RowSpace, from: number, to: number): number {
    const { weights } = this.#input
    const node = this.#node
    const { weighted } = node
    weighted.fill(0)
    for (let i = from; i < to; i++) weighted[tags[i] & LABEL_MASK] += tags[i] >>> LABEL_BITS
    let present = 0
    node.total = node.squares = node.draws = 0
    for (let k = 0; k < weighted.length; k++) {
      if (weighted[k] > 0) present++
      node.draws += weighted[k]
      const weight = weighted[k] * weights[k]
      weighted[k] = weight
      node.total += weight
      node.squares += weight * weight
    }
    return present
  }

  #writeLeaf(node: number): void {
    const { weighted, total } = this.#node
    for (let k = 0; k < weighted.length; k++) {
      if (weighted[k] > 0) this.#builder.setValue(node, k, (weighted[k] / total) * this.#input.leafScale)
    }
  }
}

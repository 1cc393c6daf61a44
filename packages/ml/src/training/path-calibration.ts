import type { DecisionTree } from './decision-tree.ts'
import { addLeafValues, toWalkTree } from './path-walk.ts'
import { project, type Projection } from './projection.ts'
import { sampleIndices, type Random } from './random.ts'

/** Rows at most that the scores are calibrated on. */
const CALIBRATION_ROWS = 20_000

/** Path sums of some training rows, each by the trees that have not seen it, scaled up to all trees. */
export class PathCalibration {
  readonly #width: number
  readonly #treeCount: number
  readonly #chosen: Uint32Array
  readonly #rows: Float32Array
  readonly #unseen: Float64Array
  readonly #unseenTrees: Uint32Array
  readonly #seen: Float64Array
  readonly #paths: Float32Array

  constructor(
    space: { rows: Float32Array; featureCount: number; projection: Projection | undefined },
    treeCount: number,
    random: Random,
  ) {
    const { rows, featureCount, projection } = space
    const count = rows.length / featureCount
    this.#treeCount = treeCount
    this.#chosen = sampleIndices(count, Math.min(count, CALIBRATION_ROWS), random)
    const chosen = new Float32Array(this.#chosen.length * featureCount)
    this.#chosen.forEach((row, i) => {
      chosen.set(rows.subarray(row * featureCount, (row + 1) * featureCount), i * featureCount)
    })
    this.#width = projection?.directions ?? featureCount
    this.#rows = projection ? project(projection, chosen) : chosen
    this.#unseen = new Float64Array(this.#chosen.length)
    this.#unseenTrees = new Uint32Array(this.#chosen.length)
    this.#seen = new Float64Array(this.#chosen.length)
    this.#paths = new Float32Array(this.#chosen.length)
  }

  add(tree: DecisionTree, grownOn: ReadonlySet<number>): void {
    addLeafValues([toWalkTree(tree)], this.#rows, this.#width, this.#paths.fill(0))
    for (let i = 0; i < this.#chosen.length; i++) {
      if (grownOn.has(this.#chosen[i])) this.#seen[i] += this.#paths[i]
      else {
        this.#unseen[i] += this.#paths[i]
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

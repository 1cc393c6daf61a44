import type { BinnedRows } from './binned-rows.ts'
import { MISSING } from './bins.ts'
import type { DecisionTree } from './decision-tree.ts'

/** What trees that did not see a row say of it (Breiman 2001): an estimate of the error on new rows of the same sort. */
export interface OutOfBag {
  /** Rows that at least one tree did not see. */
  rows: number
  accuracy: number
  /** Mean of -ln(probability of the right class). */
  logLoss: number
}

/** Votes are whole numbers of this many a probability of one, so that threads add them in any order to the same sum. */
const UNIT = 2 ** 20

export class OutOfBagVotes {
  readonly #votes: Int32Array
  readonly #classCount: number

  constructor(votes: Int32Array, classCount: number) {
    this.#votes = votes
    this.#classCount = classCount
  }

  static allocate(rows: number, classCount: number): Int32Array {
    return new Int32Array(new SharedArrayBuffer(rows * classCount * Int32Array.BYTES_PER_ELEMENT))
  }

  /** Adds what a tree says of the rows it did not see; safe from several threads. */
  add(tree: DecisionTree, { binned }: { binned: BinnedRows }, unseen: Uint32Array): void {
    const { codes, stride } = binned
    const { feature, left, right, missingLeft, values } = tree
    const last = lastCodes(tree, binned.edges)
    const classCount = this.#classCount
    for (const row of unseen) {
      let node = 0
      for (let f = feature[0]; f >= 0; f = feature[node]) {
        const code = codes[f * stride + row]
        const goesLeft = code === MISSING ? missingLeft[node] === 1 : code <= last[node]
        node = goesLeft ? left[node] : right[node]
      }
      for (let k = 0, at = node * classCount; k < classCount; k++) {
        if (values[at + k] > 0) Atomics.add(this.#votes, row * classCount + k, Math.round(values[at + k] * UNIT))
      }
    }
  }

  /** Row-major probabilities and labels of the rows that were voted on. */
  probabilities(labels: Uint16Array): { probabilities: Float32Array; labels: Uint16Array } {
    const classCount = this.#classCount
    const kept = new Uint16Array(labels.length)
    const probabilities = new Float32Array(this.#votes.length)
    let count = 0
    for (let row = 0; row < labels.length; row++) {
      let sum = 0
      for (let k = 0; k < classCount; k++) sum += this.#votes[row * classCount + k]
      if (sum === 0) continue
      for (let k = 0; k < classCount; k++) {
        probabilities[count * classCount + k] = this.#votes[row * classCount + k] / sum
      }
      kept[count++] = labels[row]
    }
    return { probabilities: probabilities.subarray(0, count * classCount), labels: kept.subarray(0, count) }
  }
}

/** Each inner node's threshold as a bin code: the last code that goes left. */
function lastCodes({ feature, threshold }: DecisionTree, edges: readonly Float32Array[]): Uint8Array {
  const codes = new Uint8Array(feature.length)
  for (let node = 0; node < codes.length; node++) {
    const isCut = feature[node] >= 0 && threshold[node] !== Infinity
    codes[node] = isCut ? positionOf(edges[feature[node]], threshold[node]) : MISSING - 1
  }
  return codes
}

function positionOf(sorted: Float32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

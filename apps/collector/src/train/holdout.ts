import type { evaluateClassifier } from '@picket/ml/evaluation'
import { FEATURE_COUNT, FEATURE_NAMES } from '@picket/ml/features'
import type { TrainingRow } from '@picket/ml/training'
import { seededRandom, shuffle } from './random.ts'

/** A table of feature rows with labels, as models are evaluated on. */
export type LabelledRows = Parameters<typeof evaluateClassifier>[1]

/** Share of the flows that no model sees while it learns, and how many of them are kept at most. */
const HOLDOUT_SHARE = 0.2
const MAX_HOLDOUT_ROWS = 20_000
const MIN_CLASS_ROWS = 5

/** Label of a row without one. */
const UNLABELLED = 0xffff
/** The class that stands for known unusual traffic. */
const SCAN = 'scan'

/**
 * Lets the rows of a stream through but for a seeded fifth, of which it keeps a uniform sample (Vitter 1985, algorithm
 * R): the rows on which the new model and the one in use are compared. Memory is bounded however long the stream is.
 */
export class Holdout {
  readonly #random: () => number
  readonly #seed: number
  readonly #rows: TrainingRow[] = []
  #heldOut = 0
  #passed = 0

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seededRandom(seed)
  }

  /** Rows that were let through so far. */
  get passed(): number {
    return this.#passed
  }

  /** Rows kept. */
  get size(): number {
    return this.#rows.length
  }

  async *filter(rows: AsyncIterable<TrainingRow>): AsyncGenerator<TrainingRow> {
    for await (const row of rows) {
      if (this.#random() < HOLDOUT_SHARE) this.#keep(row)
      else {
        this.#passed += 1
        yield row
      }
    }
  }

  /** Kept rows with their classes; a class of fewer than five rows counts as none, one row would decide over it. */
  labelled(): LabelledRows {
    const counts = new Map<string, number>()
    for (const row of this.#rows) counts.set(row.class, (counts.get(row.class) ?? 0) + 1)
    const classes = [...counts.keys()].filter((name) => name !== '' && counts.get(name)! >= MIN_CLASS_ROWS).sort()
    const position = new Map(classes.map((name, index) => [name, index]))
    const labels = Uint16Array.from(this.#rows, (row) => position.get(row.class) ?? UNLABELLED)
    return { featureNames: FEATURE_NAMES, rows: this.#features(), labels, classes }
  }

  /**
   * What an anomaly model is measured on. Usual are the kept flows; unusual are the scans among them and, for each kept
   * flow, a row whose every feature comes from another one. Such a row has only values that occur, in combinations that
   * do not: a model that knows how features belong together ranks it higher.
   */
  usualAndUnusual(): LabelledRows {
    const count = this.#rows.length
    const usual = this.#features()
    const rows = new Float32Array(usual.length * 2)
    rows.set(usual)
    rows.set(permuteColumns(usual, seededRandom(this.#seed)), usual.length)
    const isScan = this.#rows.map((row) => row.class === SCAN)
    const labels = Uint16Array.from({ length: count * 2 }, (_, index) => (index >= count || isScan[index] ? 1 : 0))
    return { featureNames: FEATURE_NAMES, rows, labels, classes: ['usual', 'unusual'] }
  }

  #keep(row: TrainingRow): void {
    this.#heldOut += 1
    if (row.features.length !== FEATURE_COUNT) return
    if (this.#rows.length < MAX_HOLDOUT_ROWS) {
      this.#rows.push(row)
      return
    }
    const place = Math.floor(this.#random() * this.#heldOut)
    if (place < MAX_HOLDOUT_ROWS) this.#rows[place] = row
  }

  #features(): Float32Array {
    const table = new Float32Array(this.#rows.length * FEATURE_COUNT)
    this.#rows.forEach(({ features }, index) => {
      for (let column = 0; column < FEATURE_COUNT; column += 1) {
        table[index * FEATURE_COUNT + column] = features[column] ?? NaN
      }
    })
    return table
  }
}

/** Every column in a random order of its own. */
function permuteColumns(table: Float32Array, random: () => number): Float32Array {
  const count = table.length / FEATURE_COUNT
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  const permuted = new Float32Array(table.length)
  for (let column = 0; column < FEATURE_COUNT; column += 1) {
    shuffle(order, random)
    for (let row = 0; row < count; row += 1) {
      permuted[row * FEATURE_COUNT + column] = table[order[row] * FEATURE_COUNT + column]
    }
  }
  return permuted
}

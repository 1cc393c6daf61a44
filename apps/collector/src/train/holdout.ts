import { UNLABELLED, type BlockedRows } from '@picket/ml/evaluation'
import { FEATURE_COUNT, FEATURE_NAMES } from '@picket/ml/features'
import type { TrainingRow } from '@picket/ml/training'
import { HeldBlocks, type BlockOptions } from './held-blocks.ts'
import { permuteColumns } from './permute-columns.ts'
import { seededRandom } from './random.ts'

/** Flows kept at most. */
const MAX_HOLDOUT_ROWS = 20_000
const MIN_CLASS_ROWS = 5

/** The class that stands for known unusual traffic. */
export const SCAN = 'scan'

/** A row that says whose flow it was and when it ended (epoch microseconds). */
export interface PlacedRow extends TrainingRow {
  sensorId: string
  endUs: number
}

/**
 * Lets the rows of a stream through but for a seeded fifth of its blocks, of which it keeps a uniform sample (Vitter 1985,
 * algorithm R): the rows on which the new model and the one in use are compared. A block is one host in one fortieth of the
 * time: flows of one conversation or one attack lie on one side, never on both. Memory is bounded however long the stream is.
 */
export class Holdout {
  readonly #random: () => number
  readonly #seed: number
  readonly #blocks: HeldBlocks
  readonly #rows: { row: PlacedRow; block: number }[] = []
  #heldOut = 0
  #passed = 0

  constructor(options: BlockOptions) {
    this.#seed = options.seed
    this.#random = seededRandom(options.seed)
    this.#blocks = new HeldBlocks(options)
  }

  /** Rows that were let through so far. */
  get passed(): number {
    return this.#passed
  }

  /** Rows kept. */
  get size(): number {
    return this.#rows.length
  }

  /** Blocks the kept rows come from. */
  get blocks(): number {
    return new Set(this.#rows.map(({ block }) => block)).size
  }

  async *filter(rows: AsyncIterable<PlacedRow>): AsyncGenerator<PlacedRow> {
    for await (const row of rows) {
      const block = this.#blocks.of(row)
      if (block.isHeld) this.#keep(row, block.number)
      else {
        this.#passed += 1
        yield row
      }
    }
  }

  /** Kept rows with their classes; a class of fewer than five rows counts as none, one row would decide over it. */
  labelled(): BlockedRows {
    const counts = new Map<string, number>()
    for (const { row } of this.#rows) counts.set(row.class, (counts.get(row.class) ?? 0) + 1)
    const classes = [...counts.keys()].filter((name) => name !== '' && counts.get(name)! >= MIN_CLASS_ROWS).sort()
    const position = new Map(classes.map((name, index) => [name, index]))
    const labels = Uint16Array.from(this.#rows, ({ row }) => position.get(row.class) ?? UNLABELLED)
    return { featureNames: FEATURE_NAMES, rows: this.#features(), labels, classes, blocks: this.#blockNumbers() }
  }

  /**
   * What an anomaly model is measured on. Usual are the kept flows; unusual are the scans among them and, for each kept
   * flow, a row whose every feature comes from another one. Such a row has only values that occur, in combinations that
   * do not: a model that knows how features belong together ranks it higher.
   */
  usualAndUnusual(): BlockedRows {
    const count = this.#rows.length
    const usual = this.#features()
    const rows = new Float32Array(usual.length * 2)
    rows.set(usual)
    rows.set(permuteColumns(usual, seededRandom(this.#seed)), usual.length)
    const isScan = this.#rows.map(({ row }) => row.class === SCAN)
    const labels = Uint16Array.from({ length: count * 2 }, (_, index) => (index >= count || isScan[index] ? 1 : 0))
    const own = this.#blockNumbers()
    const blocks = new Uint32Array(count * 2)
    blocks.set(own)
    blocks.set(own, count)
    return { featureNames: FEATURE_NAMES, rows, labels, classes: ['usual', 'unusual'], blocks }
  }

  #keep(row: PlacedRow, block: number): void {
    if (row.features.length !== FEATURE_COUNT) return
    this.#heldOut += 1
    if (this.#rows.length < MAX_HOLDOUT_ROWS) {
      this.#rows.push({ row, block })
      return
    }
    const place = Math.floor(this.#random() * this.#heldOut)
    if (place < MAX_HOLDOUT_ROWS) this.#rows[place] = { row, block }
  }

  #blockNumbers(): Uint32Array {
    return Uint32Array.from(this.#rows, ({ block }) => block)
  }

  #features(): Float32Array {
    const table = new Float32Array(this.#rows.length * FEATURE_COUNT)
    this.#rows.forEach(({ row: { features } }, index) => {
      for (let column = 0; column < FEATURE_COUNT; column += 1) {
        table[index * FEATURE_COUNT + column] = features[column] ?? NaN
      }
    })
    return table
  }
}

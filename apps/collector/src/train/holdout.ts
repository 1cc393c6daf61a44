import { UNLABELLED, type BlockedRows } from '@picket/ml/evaluation'
import { FEATURE_COUNT, FEATURE_NAMES } from '@picket/ml/features'
import type { TrainingRow } from '@picket/ml/training'
import { seededRandom, shuffle } from './random.ts'

/** Share of the blocks that no model sees while it learns, and how many of their flows are kept at most. */
const HOLDOUT_SHARE = 0.2
const MAX_HOLDOUT_ROWS = 20_000
const MIN_CLASS_ROWS = 5
/** Spans of time a job's flows are cut into; with the host they make the blocks. */
const SLOTS = 40
const MIN_SLOT_US = 1_000_000

/** The class that stands for known unusual traffic. */
export const SCAN = 'scan'

/** A row that says whose flow it was and when it ended (epoch microseconds). */
export interface PlacedRow extends TrainingRow {
  sensorId: string
  endUs: number
}

export interface HoldoutOptions {
  seed: number
  /** Span of the flows that will pass. */
  firstUs: number
  lastUs: number
  /** Share of the blocks that are held out; 1 holds everything out. Default a fifth. */
  share?: number
}

interface Block {
  number: number
  isHeld: boolean
}

/**
 * Lets the rows of a stream through but for a seeded fifth of its blocks, of which it keeps a uniform sample (Vitter 1985,
 * algorithm R): the rows on which the new model and the one in use are compared. A block is one host in one fortieth of the
 * time: flows of one conversation or one attack lie on one side, never on both. Memory is bounded however long the stream is.
 */
export class Holdout {
  readonly #random: () => number
  readonly #options: HoldoutOptions
  readonly #slotUs: number
  readonly #blocks = new Map<string, Block>()
  readonly #rows: { row: PlacedRow; block: number }[] = []
  #heldOut = 0
  #passed = 0

  constructor(options: HoldoutOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed)
    this.#slotUs = Math.max(MIN_SLOT_US, (options.lastUs - options.firstUs) / SLOTS)
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
      const block = this.#blockOf(row)
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
    rows.set(permuteColumns(usual, seededRandom(this.#options.seed)), usual.length)
    const isScan = this.#rows.map(({ row }) => row.class === SCAN)
    const labels = Uint16Array.from({ length: count * 2 }, (_, index) => (index >= count || isScan[index] ? 1 : 0))
    const own = this.#blockNumbers()
    const blocks = new Uint32Array(count * 2)
    blocks.set(own)
    blocks.set(own, count)
    return { featureNames: FEATURE_NAMES, rows, labels, classes: ['usual', 'unusual'], blocks }
  }

  /** Whether a block is held out depends on the seed and on the block alone, not on the order of the rows. */
  #blockOf({ sensorId, endUs }: PlacedRow): Block {
    const slot = Math.floor((endUs - this.#options.firstUs) / this.#slotUs)
    const key = `${sensorId} ${slot}`
    const known = this.#blocks.get(key)
    if (known) return known
    const draw = seededRandom(this.#options.seed ^ hashOf(key))
    const block = { number: this.#blocks.size, isHeld: draw() < (this.#options.share ?? HOLDOUT_SHARE) }
    this.#blocks.set(key, block)
    return block
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

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
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

import { MlError } from '../errors.ts'
import { UNLABELLED, clipInfinite, type LabelledRows } from './labelled-rows.ts'

const FIRST_ROWS = 1024
const MAX_CLASSES = UNLABELLED

/** Grows a table row by row; the matrix doubles, so memory stays under twice the rows. */
export class RowCollector {
  readonly #width: number
  #rows: Float32Array
  #labels: Uint16Array
  #count = 0
  readonly #classes = new Map<string, number>()

  constructor(width: number) {
    this.#width = width
    this.#rows = new Float32Array(FIRST_ROWS * width)
    this.#labels = new Uint16Array(FIRST_ROWS)
  }

  get count(): number {
    return this.#count
  }

  add(values: ArrayLike<number | null>, label: string | undefined): void {
    if (this.#count === this.#labels.length) this.#grow()
    this.set(this.#count++, values, label)
  }

  /** Overwrites a row; null and NaN are absent. */
  set(position: number, values: ArrayLike<number | null>, label: string | undefined): void {
    const at = position * this.#width
    for (let i = 0; i < this.#width; i++) this.#rows[at + i] = clipInfinite(values[i] ?? NaN)
    this.#labels[position] = label === undefined ? UNLABELLED : this.#classOf(label)
  }

  finish(featureNames: readonly string[]): LabelledRows {
    return {
      featureNames,
      rows: this.#rows.slice(0, this.#count * this.#width),
      labels: this.#labels.slice(0, this.#count),
      classes: [...this.#classes.keys()],
    }
  }

  #grow(): void {
    const rows = new Float32Array(this.#rows.length * 2)
    rows.set(this.#rows)
    this.#rows = rows
    const labels = new Uint16Array(this.#labels.length * 2)
    labels.set(this.#labels)
    this.#labels = labels
  }

  #classOf(name: string): number {
    const known = this.#classes.get(name)
    if (known !== undefined) return known
    const position = this.#classes.size
    if (position === MAX_CLASSES) {
      throw new MlError(
        'TABLE_COLUMNS',
        `more than ${MAX_CLASSES} different labels; is the label column the right one?`,
      )
    }
    this.#classes.set(name, position)
    return position
  }
}

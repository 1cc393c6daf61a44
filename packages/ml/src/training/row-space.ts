import type { BinnedRows, DrawnRows } from './binned-rows.ts'
import { MISSING } from './bins.ts'

/** Rows that are copied at a time: each comes from memory once, for all of its columns. */
const LOADED_ROWS = 64

/** Drawn rows in an order that a tree rearranges, so that the rows of every node lie side by side. */
export class RowSpace {
  readonly codes: Uint8Array
  readonly stride: number
  readonly rows: Uint32Array
  readonly tags: Uint32Array
  readonly #spilledRows: Uint32Array
  readonly #spilledTags: Uint32Array

  constructor({ codes, stride }: Pick<BinnedRows, 'codes' | 'stride'>, { rows, tags }: DrawnRows) {
    this.codes = codes
    this.stride = stride
    this.rows = rows
    this.tags = tags
    this.#spilledRows = new Uint32Array(rows.length)
    this.#spilledTags = new Uint32Array(rows.length)
  }

  /** Room for `capacity` rows of `columns` columns, to be filled by `load`. */
  static empty(columns: number, capacity: number): RowSpace {
    const codes = new Uint8Array(columns * capacity)
    return new RowSpace(
      { codes, stride: capacity },
      { rows: new Uint32Array(capacity), tags: new Uint32Array(capacity) },
    )
  }

  /** Copies rows [from ... to) of another space, whose codes are also given row by row, to the front of this one. */
  load(other: RowSpace, byRow: Uint8Array, from: number, to: number): void {
    const { codes, stride } = this
    const columns = codes.length / stride
    for (let block = from; block < to; block += LOADED_ROWS) {
      const end = Math.min(to, block + LOADED_ROWS)
      for (let column = 0; column < columns; column++) {
        for (let i = block, at = column * stride + block - from; i < end; i++, at++)
          codes[at] = byRow[other.rows[i] * columns + column]
      }
    }
    for (let i = from, at = 0; i < to; i++, at++) {
      this.rows[at] = at
      this.tags[at] = other.tags[i]
    }
  }

  /** Puts the rows of [from ... to) that go left before the others, both in the order they had; returns where the others begin. */
  partition(split: { feature: number; code: number; missingLeft: boolean }, from: number, to: number): number {
    const { codes, rows, tags } = this
    const spilledRows = this.#spilledRows
    const spilledTags = this.#spilledTags
    const base = split.feature * this.stride
    // Without the absent, who are above every code, one comparison is enough.
    const last = split.code === MISSING ? MISSING - 1 : split.code
    const missing = split.missingLeft ? MISSING : -1
    let middle = from
    let spilled = 0
    for (let i = from; i < to; i++) {
      const row = rows[i]
      const code = codes[base + row]
      if (code <= last || code === missing) {
        rows[middle] = row
        tags[middle++] = tags[i]
      } else {
        spilledRows[spilled] = row
        spilledTags[spilled++] = tags[i]
      }
    }
    rows.set(spilledRows.subarray(0, spilled), middle)
    tags.set(spilledTags.subarray(0, spilled), middle)
    return middle
  }
}

import type { BinnedColumn } from './bins.ts'
import type { Random } from './random.ts'

/** Bin codes of rows, column after column: the code of row r in column f lies at f * stride + r. */
export interface BinnedRows {
  readonly codes: Uint8Array
  /** The same codes row after row: all codes of one row are one or two fetches from memory. */
  readonly byRow: Uint8Array
  readonly stride: number
  /** Upper edges of each column's bins, see BinnedColumn. */
  readonly edges: readonly Float32Array[]
}

/** The columns in one piece of memory that threads share. */
export function shareColumns(columns: readonly BinnedColumn[]): BinnedRows {
  const stride = columns[0].codes.length
  const codes = new Uint8Array(new SharedArrayBuffer(stride * columns.length))
  columns.forEach((column, f) => codes.set(column.codes, f * stride))
  return { codes, byRow: turn(codes, stride), stride, edges: columns.map(({ edges }) => edges) }
}

/** Rows that are turned from columns at a time, so that what is written stays in the processor's cache. */
const TURNED_ROWS = 256

function turn(codes: Uint8Array, stride: number): Uint8Array {
  const columns = codes.length / stride
  const byRow = new Uint8Array(new SharedArrayBuffer(codes.length))
  for (let from = 0; from < stride; from += TURNED_ROWS) {
    const to = Math.min(stride, from + TURNED_ROWS)
    for (let f = 0; f < columns; f++) {
      for (let row = from, at = from * columns + f; row < to; row++, at += columns) byRow[at] = codes[f * stride + row]
    }
  }
  return byRow
}

/** Label of a drawn row in the low 16 bits, how often it was drawn above them. */
export const LABEL_BITS = 16
export const LABEL_MASK = 0xffff
const MOST_DRAWS = 255

export interface DrawnRows {
  /** Ascending, so that columns are read forwards. */
  rows: Uint32Array
  /** Label and draws of each, see LABEL_BITS. */
  tags: Uint32Array
}

/** What a tree learns from and, ascending, the rows it never saw. */
export interface Bootstrap extends DrawnRows {
  unseen: Uint32Array
}

/** As many draws with replacement as there are rows (Breiman 1996), each row once with its count. */
export function drawBootstrap(labels: Uint16Array, random: Random): Bootstrap {
  const count = labels.length
  const draws = new Uint8Array(count)
  let different = 0
  for (let i = 0; i < count; i++) {
    const row = Math.floor(random() * count)
    if (draws[row] === 0) different++
    if (draws[row] < MOST_DRAWS) draws[row]++
  }
  const rows = new Uint32Array(different)
  const tags = new Uint32Array(different)
  const unseen = new Uint32Array(count - different)
  for (let row = 0, seen = 0, missed = 0; row < count; row++) {
    if (draws[row] === 0) unseen[missed++] = row
    else {
      rows[seen] = row
      tags[seen++] = (draws[row] << LABEL_BITS) | labels[row]
    }
  }
  return { rows, tags, unseen }
}

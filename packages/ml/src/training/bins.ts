import { createRandom, type Random } from './random.ts'

/** Values of a column in at most 255 bins, one byte a value, so that a split is found from a histogram. */
export interface BinnedColumn {
  readonly codes: Uint8Array
  /** Bin b holds edges[b-1] < value <= edges[b]; the last bin has no upper edge. */
  readonly edges: Float32Array
}

/** Code of an absent value. */
export const MISSING = 255
const MAX_BINS = 255
const SAMPLE = 50_000
const BLOCK_ROWS = 512

/**
 * Bins every column of a row-major matrix. Up to 255 different values get a bin each, more are cut at quantiles of a seeded
 * sample. Edges are float32 and lie strictly below the next value seen, so `value <= edge` is the same test in every engine.
 */
export function binColumns(rows: Float32Array, featureCount: number, seed: number): BinnedColumn[] {
  const count = rows.length / featureCount
  const sample = count <= SAMPLE ? rows : drawRows(rows, featureCount, createRandom(seed))
  const columns = Array.from({ length: featureCount }, (_, feature) => ({
    codes: new Uint8Array(count),
    edges: findEdges(presentValues(sample, featureCount, feature).sort()),
  }))
  // Some rows at a time: a whole column at once fetches every row from memory once a column.
  for (let from = 0; from < count; from += BLOCK_ROWS) {
    const to = Math.min(count, from + BLOCK_ROWS)
    for (let feature = 0; feature < featureCount; feature++) {
      encode(rows, { feature, featureCount, from, to }, columns[feature])
    }
  }
  return columns
}

/** SAMPLE rows, repeats allowed. */
function drawRows(rows: Float32Array, featureCount: number, random: Random): Float32Array {
  const count = rows.length / featureCount
  const drawn = new Float32Array(SAMPLE * featureCount)
  for (let i = 0; i < SAMPLE; i++) {
    const from = Math.floor(random() * count) * featureCount
    drawn.set(rows.subarray(from, from + featureCount), i * featureCount)
  }
  return drawn
}

function presentValues(rows: Float32Array, featureCount: number, feature: number): Float32Array {
  const values = new Float32Array(rows.length / featureCount)
  let present = 0
  for (let at = feature; at < rows.length; at += featureCount) {
    if (!Number.isNaN(rows[at])) values[present++] = rows[at]
  }
  return values.subarray(0, present)
}

function encode(
  rows: Float32Array,
  { feature, featureCount, from, to }: { feature: number; featureCount: number; from: number; to: number },
  { codes, edges }: BinnedColumn,
): void {
  const last = edges.length
  for (let i = from, at = from * featureCount + feature; i < to; i++, at += featureCount) {
    const value = rows[at]
    let low = 0
    let high = last
    while (low < high) {
      const middle = (low + high) >> 1
      if (value <= edges[middle]) high = middle
      else low = middle + 1
    }
    codes[i] = Number.isNaN(value) ? MISSING : low
  }
}

function findEdges(sorted: Float32Array): Float32Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])
  const edges: number[] = []
  if (distinct.length <= MAX_BINS) {
    for (let i = 1; i < distinct.length; i++) edges.push(edgeBetween(distinct[i - 1], distinct[i]))
    return Float32Array.from(edges)
  }
  for (let bin = 1; bin < MAX_BINS; bin++) {
    const at = Math.floor((bin * sorted.length) / MAX_BINS)
    if (sorted[at] === sorted[at - 1]) {
      // A heavy value is cut off below itself, once; its own upper edge comes with the next different quantile.
      const below = firstIndexOf(sorted, sorted[at])
      if (below > 0) edges.push(edgeBetween(sorted[below - 1], sorted[below]))
    } else edges.push(edgeBetween(sorted[at - 1], sorted[at]))
  }
  return Float32Array.from(new Set(edges)).sort()
}

function edgeBetween(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2)
  return middle >= low && middle < high ? middle : low
}

function firstIndexOf(sorted: Float32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

import { createRandom } from './random.ts'

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

/**
 * Bins every column of a row-major matrix. Up to 255 different values get a bin each, more are cut at quantiles of a seeded
 * sample. Edges are float32 and lie strictly below the next value seen, so `value <= edge` is the same test in every engine.
 */
export function binColumns(rows: Float32Array, featureCount: number, seed: number): BinnedColumn[] {
  const count = rows.length / featureCount
  const random = createRandom(seed)
  const picks = count <= SAMPLE ? undefined : Uint32Array.from({ length: SAMPLE }, () => Math.floor(random() * count))
  return Array.from({ length: featureCount }, (_, feature) => {
    const sampled = new Float32Array(picks?.length ?? count)
    for (let i = 0; i < sampled.length; i++) sampled[i] = rows[(picks ? picks[i] : i) * featureCount + feature]
    const edges = findEdges(sampled.filter((value) => !Number.isNaN(value)).sort())
    const codes = new Uint8Array(count)
    for (let i = 0; i < count; i++) codes[i] = codeOf(edges, rows[i * featureCount + feature])
    return { codes, edges }
  })
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

function codeOf(edges: Float32Array, value: number): number {
  if (Number.isNaN(value)) return MISSING
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= edges[middle]) high = middle
    else low = middle + 1
  }
  return low
}

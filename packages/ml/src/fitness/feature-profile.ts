/** Bins of present values a feature has at most; tenths are usual for the population stability index. */
export const BINS = 10

/** How one feature was distributed over training rows, in a form small enough to travel with a model. */
export interface FeatureProfile {
  /** Upper ends of all bins but the last, ascending: bin i holds what is above edges[i - 1] and at most edges[i]. */
  edges: number[]
  /** Smallest and largest present value; null where it was always absent. */
  low: number | null
  high: number | null
}

/** Cuts the present values of a sorted column into bins of about equal counts; equal values share a bin. */
export function profileOf(sorted: Float32Array): FeatureProfile {
  if (sorted.length === 0) return { edges: [], low: null, high: null }
  const edges: number[] = []
  for (let bin = 1; bin < BINS; bin++) {
    const edge = sorted[Math.max(0, Math.ceil((bin * sorted.length) / BINS) - 1)]
    if (edge < sorted[sorted.length - 1] && (edges.length === 0 || edge > edges[edges.length - 1])) edges.push(edge)
  }
  return { edges, low: sorted[0], high: sorted[sorted.length - 1] }
}

/** Shares of the rows by bin, the last entry those without a value; they add up to 1. */
export function sharesOf(rows: Float32Array, width: number, column: number, { edges }: FeatureProfile): number[] {
  const counts = Array.from({ length: edges.length + 2 }, () => 0)
  for (let at = column; at < rows.length; at += width) counts[binOf(edges, rows[at])]++
  const total = rows.length / width
  return counts.map((count) => count / total)
}

function binOf(edges: readonly number[], value: number): number {
  if (Number.isNaN(value)) return edges.length + 1
  let bin = 0
  while (bin < edges.length && value > edges[bin]) bin++
  return bin
}

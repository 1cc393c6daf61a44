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
const SAMPLE = 25_000
const BLOCK_ROWS = 512

/**
 * Bins every column of a row-major matrix. Up to 255 different values get a bin each, more are cut at quantiles of a seeded
 * sample, in which rare classes weigh more where labels are given. Edges are float32 and lie strictly below the next value seen, so `value <= edge` is the same test in every engine.
 */
export function binColumns(
  rows: Float32Array,
  featureCount: number,
  seed: number,
  labels?: Uint16Array,
): BinnedColumn[] {
  const count = rows.length / featureCount
  const uniform = count <= SAMPLE ? allRows(count) : drawRows(count, createRandom(seed))
  const positions = labels ? withRareClasses(uniform, labels) : uniform
  const sample = copyRows(rows, featureCount, positions)
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

const allRows = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i)

/** SAMPLE rows, repeats allowed. */
const drawRows = (count: number, random: Random): Uint32Array =>
  Uint32Array.from({ length: SAMPLE }, () => Math.floor(random() * count))

/** As many rows again, from every class the same number, so that what sets a rare class apart does not share its bins. */
function withRareClasses(uniform: Uint32Array, labels: Uint16Array): Uint32Array {
  const byClass = new Map<number, number[]>()
  labels.forEach((label, row) => {
    const rows = byClass.get(label)
    if (!rows) byClass.set(label, [row])
    else if (rows.length < uniform.length) rows.push(row)
  })
  const classes = [...byClass.values()]
  const positions = new Uint32Array(uniform.length * 2)
  positions.set(uniform)
  for (let i = 0; i < uniform.length; i++) {
    const rows = classes[i % classes.length]
    positions[uniform.length + i] = rows[Math.floor(i / classes.length) % rows.length]
  }
  return positions
}

function copyRows(rows: Float32Array, featureCount: number, positions: Uint32Array): Float32Array {
  const copies = new Float32Array(positions.length * featureCount)
  positions.forEach((row, i) =>
    copies.set(rows.subarray(row * featureCount, (row + 1) * featureCount), i * featureCount),
  )
  return copies
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
  const padded = new Float32Array(MAX_BINS + 1).fill(Infinity)
  padded.set(edges)
  let i = from
  let at = from * featureCount + feature
  // Eight steps for every value, none of them a branch that a processor could guess wrong; four values at a time, since each step waits for the one before.
  for (; i + 4 <= to; i += 4, at += 4 * featureCount) {
    const v = rows[at]
    const w = rows[at + featureCount]
    const x = rows[at + 2 * featureCount]
    const y = rows[at + 3 * featureCount]
    let [p, q, r, s] = [0, 0, 0, 0]
    for (let step = 128; step > 0; step >>= 1) {
      p += step & -+(v > padded[p + step - 1])
      q += step & -+(w > padded[q + step - 1])
      r += step & -+(x > padded[r + step - 1])
      s += step & -+(y > padded[s + step - 1])
    }
    codes[i] = v === v ? p : MISSING
    codes[i + 1] = w === w ? q : MISSING
    codes[i + 2] = x === x ? r : MISSING
    codes[i + 3] = y === y ? s : MISSING
  }
  for (; i < to; i++, at += featureCount) {
    let code = 0
    for (let step = 128; step > 0; step >>= 1) code += step & -+(rows[at] > padded[code + step - 1])
    codes[i] = Number.isNaN(rows[at]) ? MISSING : code
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

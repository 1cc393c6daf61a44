import { sampleIndices, type Random } from './random.ts'

/**
 * Oblique directions (extended isolation forest: Hariri, Carrasco Kind, Brunner 2019), a fixed number of them for all cuts of a forest.
 * A value becomes a whole number of steps from the column's centre, an absent one 0; a direction is a sum of a few columns with
 * whole weights. All of it stays below 2^24, so float32 gives the same sums in any order and every engine takes the same cuts.
 */
export interface Projection {
  readonly directions: number
  /** Median of each column. */
  readonly centre: Float32Array
  /** Steps a unit. */
  readonly factor: Float32Array
  /** Whole numbers, row-major [columns, directions]. */
  readonly weights: Float32Array
}

/** Columns that a direction adds up. */
const COLUMNS_A_DIRECTION = 4
const MOST_WEIGHT = 8
const STEPS = 64
const MOST_STEPS = 4096
const SAMPLE = 10_000

export function drawProjection(
  rows: Float32Array,
  featureCount: number,
  directions: number,
  random: Random,
): Projection {
  const count = rows.length / featureCount
  const picks = sampleIndices(count, Math.min(count, SAMPLE), random)
  const centre = new Float32Array(featureCount)
  const factor = new Float32Array(featureCount)
  for (let f = 0; f < featureCount; f++) {
    const sorted = Float32Array.from(picks, (row) => rows[row * featureCount + f])
      .filter((value) => !Number.isNaN(value))
      .sort()
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
    centre[f] = at(0.5)
    // A column whose middle half is one value is measured by its whole range, a constant one by its own size.
    const spread = at(0.75) - at(0.25) || at(1) - at(0) || Math.abs(centre[f]) || 1
    factor[f] = Math.max(STEPS / spread, 1e-37)
  }
  const weights = new Float32Array(featureCount * directions)
  for (let d = 0; d < directions; d++) {
    for (const f of sampleIndices(featureCount, Math.min(featureCount, COLUMNS_A_DIRECTION), random)) {
      const size = 1 + Math.floor(random() * MOST_WEIGHT)
      weights[f * directions + d] = random() < 0.5 ? -size : size
    }
  }
  return { directions, centre, factor, weights }
}

/** Row-major [rows, directions]: the weighted sums of clip(floor((value - centre) * factor), -4096, 4096). */
export function project(projection: Projection, rows: Float32Array): Float32Array {
  const { centre, factor, weights, directions } = projection
  const featureCount = centre.length
  const count = rows.length / featureCount
  const out = new Float32Array(count * directions)
  const terms = termsOf(weights, featureCount, directions)
  const steps = new Float32Array(featureCount)
  for (let i = 0, to = 0; i < count; i++) {
    for (let f = 0; f < featureCount; f++) steps[f] = stepsOf(rows[i * featureCount + f], centre[f], factor[f])
    for (let d = 0, at = 0; d < directions; d++) {
      let sum = 0
      for (const end = terms.ends[d]; at < end; at++) sum += steps[terms.columns[at]] * terms.weights[at]
      out[to++] = sum
    }
  }
  return out
}

/** The weights that are not 0, direction after direction. */
function termsOf(weights: Float32Array, featureCount: number, directions: number) {
  const columns: number[] = []
  const sizes: number[] = []
  const ends: number[] = []
  for (let d = 0; d < directions; d++) {
    for (let f = 0; f < featureCount; f++) {
      const weight = weights[f * directions + d]
      if (weight === 0) continue
      columns.push(f)
      sizes.push(weight)
    }
    ends.push(columns.length)
  }
  return { columns: Uint32Array.from(columns), weights: Float32Array.from(sizes), ends: Uint32Array.from(ends) }
}

/** The columns that trees cut, with these rows of them: all rows as they are, or only the sample, projected. */
export function cutColumns(
  { rows, featureCount, projection }: { rows: Float32Array; featureCount: number; projection: Projection | undefined },
  sample: Uint32Array,
): { rows: Float32Array; featureCount: number; sample: Uint32Array } {
  if (!projection) return { rows, featureCount, sample }
  const chosen = new Float32Array(sample.length * featureCount)
  sample.forEach((row, i) => chosen.set(rows.subarray(row * featureCount, (row + 1) * featureCount), i * featureCount))
  return {
    rows: project(projection, chosen),
    featureCount: projection.directions,
    sample: sample.map((_, i) => i),
  }
}

/** Bounds of `stepsOf`, for the graph. */
export const STEP_RANGE = [-MOST_STEPS, MOST_STEPS] as const

function stepsOf(value: number, centre: number, factor: number): number {
  if (Number.isNaN(value)) return 0
  const steps = Math.floor(Math.fround(Math.fround(value - centre) * factor))
  return Math.min(MOST_STEPS, Math.max(-MOST_STEPS, steps))
}

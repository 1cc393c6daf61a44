import { profileOf, sharesOf, type FeatureProfile } from './feature-profile.ts'
import { countOutside } from './support.ts'

/** Kinds of hosts told apart at most, and rows that make one. */
const MAX_GROUPS = 8
const MIN_GROUP_ROWS = 100
/** Shares are kept to a ten-thousandth. */
const PRECISION = 10_000

/** What a model's training rows were like: part of its description, so it is signed with it. About 30 KB at most. */
export interface FeatureReference {
  /** Rows it was made of. */
  rows: number
  /** One a feature, in vector order. */
  profiles: FeatureProfile[]
  /** All rows first, then the hosts that gave most of them: a fleet is a mixture that no single host looks like. */
  groups: ReferenceGroup[]
  /** Share of every other row outside the support of the rest: what chance gives where rows are few or tails long. */
  chanceOutside: number
}

export interface ReferenceGroup {
  rows: number
  /** By feature: the share of rows in each bin, the last entry the share without a value. */
  shares: number[][]
}

/** Describes row-major rows; `groupOf[i]` says which host row i came from, where that is known. */
export function describeRows(rows: Float32Array, width: number, groupOf?: ArrayLike<number>): FeatureReference {
  const parts = largestGroups(groupOf, rows.length / width).map((positions) => {
    const part = new Float32Array(positions.length * width)
    positions.forEach((from, to) => part.set(rows.subarray(from * width, (from + 1) * width), to * width))
    return part
  })
  return describeParts(rows, width, parts)
}

/** Describes rows of which `parts` say what single hosts looked like; they need not be among the rows, where those were made from them. */
export function describeParts(rows: Float32Array, width: number, parts: readonly Float32Array[]): FeatureReference {
  const profiles = Array.from({ length: width }, (_, column) => profileOf(sortedColumn(rows, width, column)))
  const groups = [rows, ...parts].map((part) => describeGroup(part, width, profiles))
  return { rows: rows.length / width, profiles, groups, chanceOutside: chanceOutside(rows, width) }
}

function chanceOutside(rows: Float32Array, width: number): number {
  const count = rows.length / width
  if (count < 2) return 0
  const halves = [0, 1].map((first) => {
    const half = new Float32Array(((count - first + 1) >> 1) * width)
    for (let row = first, to = 0; row < count; row += 2, to += width)
      half.set(rows.subarray(row * width, (row + 1) * width), to)
    return half
  })
  const profiles = Array.from({ length: width }, (_, column) => profileOf(sortedColumn(halves[0], width, column)))
  const groups = [describeGroup(halves[0], width, profiles)]
  return countOutside(halves[1], { profiles, groups }).rows / (halves[1].length / width)
}

function sortedColumn(rows: Float32Array, width: number, column: number): Float32Array {
  const values = Float32Array.from({ length: rows.length / width }, (_, row) => rows[row * width + column])
  return values.filter((value) => !Number.isNaN(value)).sort()
}

function describeGroup(rows: Float32Array, width: number, profiles: readonly FeatureProfile[]): ReferenceGroup {
  const shares = profiles.map((profile, column) =>
    sharesOf(rows, width, column, profile).map((share) => Math.round(share * PRECISION) / PRECISION),
  )
  return { rows: rows.length / width, shares }
}

/** Positions of the rows of the largest groups; none where there is only one. */
function largestGroups(groupOf: ArrayLike<number> | undefined, count: number): number[][] {
  if (!groupOf) return []
  const byGroup = Map.groupBy(
    Array.from({ length: count }, (_, row) => row),
    (row) => groupOf[row],
  )
  if (byGroup.size < 2) return []
  return [...byGroup.values()]
    .filter((positions) => positions.length >= MIN_GROUP_ROWS)
    .sort((a, b) => b.length - a.length || a[0] - b[0])
    .slice(0, MAX_GROUPS)
}

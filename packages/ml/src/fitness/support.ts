import type { FeatureReference } from './reference.ts'

/** A value counts as outside from twice the largest or half the smallest that was seen (on the scale below). */
const MARGIN = Math.log(2)
/** Features that were absent, or present, in less than this share of the training rows were never so there. */
const NEVER = 0.001

/** Rows of this host that hold something no training row had. */
export interface OutsideSupport {
  rows: number
  /** By feature. */
  byFeature: Uint32Array
}

/** By feature: the values that count as known; none of them where the feature was never there. */
export interface Bounds {
  readonly low: Float64Array
  readonly high: Float64Array
  readonly mayBeAbsent: Uint8Array
  /** Those that may not be absent. */
  readonly needed: Uint32Array
}

/** What training rows had, and a margin. */
export function supportOf({ profiles, groups }: Pick<FeatureReference, 'profiles' | 'groups'>): Bounds {
  const low = new Float64Array(profiles.length).fill(Infinity)
  const high = new Float64Array(profiles.length).fill(-Infinity)
  const mayBeAbsent = new Uint8Array(profiles.length)
  profiles.forEach((profile, column) => {
    const absent = groups[0].shares[column].at(-1) ?? 0
    mayBeAbsent[column] = absent >= NEVER ? 1 : 0
    if (absent > 1 - NEVER || profile.low === null || profile.high === null) return
    low[column] = unscale(scale(profile.low) - MARGIN)
    high[column] = unscale(scale(profile.high) + MARGIN)
  })
  const needed = Uint32Array.from(profiles.keys()).filter((column) => mayBeAbsent[column] === 0)
  return { low, high, mayBeAbsent, needed }
}

/**
 * Whether a row holds a value far beyond the range of the training rows, or a feature that was never, or always, there. Absent values are
 * neither below nor above, so that what is absent is no branch: with `isKnown` for each column it takes three times as long.
 */
export function isOutside({ low, high, needed }: Bounds, rows: Float32Array, at: number): boolean {
  for (let column = 0; column < low.length; column++) {
    const value = rows[at + column]
    if (value < low[column] || value > high[column]) return true
  }
  for (let i = 0; i < needed.length; i++) if (Number.isNaN(rows[at + needed[i]])) return true
  return false
}

/** Counts such rows, and by feature. */
export function countOutside(
  rows: Float32Array,
  reference: Pick<FeatureReference, 'profiles' | 'groups'>,
): OutsideSupport {
  const bounds = supportOf(reference)
  const width = bounds.low.length
  const byFeature = new Uint32Array(width)
  let outside = 0
  for (let at = 0; at < rows.length; at += width) {
    if (!isOutside(bounds, rows, at)) continue
    outside++
    for (let column = 0; column < width; column++) {
      if (!isKnown(bounds, column, rows[at + column])) byFeature[column]++
    }
  }
  return { rows: outside, byFeature }
}

const isKnown = ({ low, high, mayBeAbsent }: Bounds, column: number, value: number): boolean =>
  value === value ? value >= low[column] && value <= high[column] : mayBeAbsent[column] === 1

/** Logarithmic, odd, finite at 0; and back. */
const scale = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value))
const unscale = (scaled: number): number => Math.sign(scaled) * Math.expm1(Math.abs(scaled))

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

/** Counts rows with a value far beyond the range of the training rows, or with a feature that was never, or always, there. */
export function countOutside(
  rows: Float32Array,
  { profiles, groups }: Pick<FeatureReference, 'profiles' | 'groups'>,
): OutsideSupport {
  const width = profiles.length
  const byFeature = new Uint32Array(width)
  const bounds = profiles.map(({ low, high }, column) => {
    const absent = groups[0].shares[column].at(-1) ?? 0
    return {
      low: low === null ? Infinity : scale(low) - MARGIN,
      high: high === null ? -Infinity : scale(high) + MARGIN,
      mayBeAbsent: absent >= NEVER,
      mayBePresent: absent <= 1 - NEVER,
    }
  })
  let outside = 0
  for (let at = 0; at < rows.length; at += width) {
    let isOutside = false
    for (let column = 0; column < width; column++) {
      const value = rows[at + column]
      const { low, high, mayBeAbsent, mayBePresent } = bounds[column]
      const isKnown = Number.isNaN(value) ? mayBeAbsent : mayBePresent && scale(value) >= low && scale(value) <= high
      if (isKnown) continue
      byFeature[column]++
      isOutside = true
    }
    if (isOutside) outside++
  }
  return { rows: outside, byFeature }
}

/** Logarithmic, odd, finite at 0. */
const scale = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value))

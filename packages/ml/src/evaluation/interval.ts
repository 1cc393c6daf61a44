/** A measurement with its 95 % confidence interval. */
export interface Interval {
  value: number
  low: number
  high: number
}

/** Two-sided 95 % quantile of the normal distribution. */
export const Z95 = 1.959964

/** A measurement whose error is normal with this standard deviation, cut to what the measurement can be. */
export function normalInterval(value: number, deviation: number, [least, most]: [number, number]): Interval {
  return {
    value,
    low: Math.max(least, value - Z95 * deviation),
    high: Math.min(most, value + Z95 * deviation),
  }
}

/** A share of `count` independent trials (Wilson 1927): good for shares near 0 and 1 and for few trials. */
export function wilsonInterval(hits: number, count: number): Interval {
  if (count === 0) return { value: NaN, low: 0, high: 1 }
  const share = hits / count
  const spread = Z95 ** 2 / count
  const middle = (share + spread / 2) / (1 + spread)
  const half = (Z95 / (1 + spread)) * Math.sqrt((share * (1 - share)) / count + spread / (4 * count))
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

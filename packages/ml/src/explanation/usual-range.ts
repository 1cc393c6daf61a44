/** What a feature is like in reference rows; all NaN where it was always absent. */
export interface UsualRange {
  /** 5 in 100 present values lie below, 5 in 100 above. */
  low: number
  high: number
  /** The median; NaN where the feature is absent in most rows. */
  middle: number
  /** Share of rows without it. */
  absent: number
}

export function usualRanges(rows: Float32Array, featureCount: number): UsualRange[] {
  const count = rows.length / featureCount
  return Array.from({ length: featureCount }, (_, feature) => {
    const values = Float32Array.from({ length: count }, (_, i) => rows[i * featureCount + feature])
      .filter((value) => !Number.isNaN(value))
      .sort()
    const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? NaN
    const absent = 1 - values.length / count
    return { low: at(0.05), high: at(0.95), middle: absent > 0.5 ? NaN : at(0.5), absent }
  })
}

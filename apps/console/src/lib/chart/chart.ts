/** One line of a chart; null is a gap. */
export interface ChartSeries {
  id: string
  label: string
  /** Name of a colour token, such as `--s1`. */
  color: string
  values: readonly (number | null)[]
  dash?: boolean
}

/** A moment worth seeing, epoch seconds. */
export interface ChartMark {
  t: number
  color: string
  label: string
}

/** A span that was not fully covered, epoch seconds. */
export interface ChartBand {
  from: number
  to: number
  label: string
}

export const SERIES_COLORS = Array.from({ length: 12 }, (_, i) => `--s${i + 1}`)

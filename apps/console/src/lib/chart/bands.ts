import type { GapRow } from '@picket/store'
import type { ChartBand } from './chart.ts'

/** Coverage gaps as spans of a chart. */
export function toBands(gaps: readonly Pick<GapRow, 'startUs' | 'endUs' | 'cause'>[]): ChartBand[] {
  return gaps.map((gap) => ({ from: gap.startUs / 1e6, to: gap.endUs / 1e6, label: gap.cause }))
}

import type { GapRow, HealthSeries, HostSeries, InterfaceSeries } from '@picket/store'

/** What /api/series/interfaces answers: one set of bucket starts, columns rounded, null for no data. */
export interface InterfaceSeriesAnswer {
  fromMs: number
  toMs: number
  stepSeconds: number
  t: number[]
  series: Omit<InterfaceSeries, 't' | 'stepSeconds'>[]
  gaps: Pick<GapRow, 'sensorId' | 'interface' | 'source' | 'cause' | 'startUs' | 'endUs' | 'packets' | 'flows'>[]
}

export interface HostSeriesAnswer {
  fromMs: number
  toMs: number
  host: HostSeries | null
  health: HealthSeries[]
}

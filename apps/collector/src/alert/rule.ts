import type { Records } from '@picket/proto'
import type { AlertEvidence } from '@picket/store'

/** The sensor a batch came from, as the rules need it. */
export interface RuleSource {
  readonly sensorId: string
  readonly hostname: string
  /** Sensor clock minus collector clock, microseconds. */
  readonly clockOffsetUs: number
}

/** Thresholds of the settings that rules use. */
export interface RuleThresholds {
  /** Share of link speed from which an interface counts as saturated, 0 to 1. */
  saturationShare: number
}

/** Reads stored records, batch after batch over the whole fleet, and gives the evidence that people should see. */
export interface AlertRule {
  observe(source: RuleSource, records: Records, thresholds: RuleThresholds): AlertEvidence[]
}

/** Sensor clocks less wrong than this are taken as they are: the offset itself includes the way through the network. */
const TRUSTED_OFFSET_US = 60_000_000

/** A moment of the sensor's clock on the collector's, epoch milliseconds, so that alerts of all hosts line up. */
export function toFleetTime(timeUs: number, source: RuleSource): number {
  const offset = Math.abs(source.clockOffsetUs) < TRUSTED_OFFSET_US ? 0 : source.clockOffsetUs
  return Math.round((timeUs - offset) / 1_000)
}

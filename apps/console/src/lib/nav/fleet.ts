import type { AlertCounts, SensorPresence } from '@picket/store'

/** What the shell knows of the fleet: enough for badges, the footer and the palette. */
export interface FleetSummary {
  hosts: { sensorId: string; name: string; presence: SensorPresence }[]
  alerts: Pick<AlertCounts, 'open' | 'acknowledged' | 'bySeverity'>
}

/** Layout dependency to invalidate when a sensor or an alert changed. */
export const FLEET_DEPENDENCY = 'picket:fleet'

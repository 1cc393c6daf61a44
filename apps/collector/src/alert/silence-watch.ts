import { closeAlert, listAlerts, listSensors } from '@picket/store'
import type { AlertRow, Database, SensorRow } from '@picket/store'
import type { Fleet } from '../ingest/fleet.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { PolicyBoard } from '../rollout/policy-board.ts'
import type { AlertDesk } from './alert-desk.ts'
import { SILENCE_SEVERITY } from './severity.ts'

const RULE = 'host-silent'

export interface SilenceWatchOptions {
  database: Database
  fleet: Fleet
  policies: PolicyBoard
  desk: AlertDesk
  live: LiveFeed
  /** Milliseconds since the epoch. */
  now: () => number
}

/**
 * Alerts when a host has given no sign of life for `silentAfterSeconds`, once a silence, and closes the alert when the
 * host is back or was removed. Only the collector's clock counts. The time in which no collector ran is nobody's silence.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions
  readonly #startedAt: number
  readonly #reported = new Set<string>()

  constructor(options: SilenceWatchOptions) {
    this.#options = options
    this.#startedAt = options.now()
  }

  /** One look at the whole fleet. */
  async check(): Promise<void> {
    const { database, policies } = this.#options
    if (policies.settings === undefined) return
    const [sensors, alerts] = await Promise.all([
      listSensors(database),
      listAlerts(database, { rule: RULE, state: ['open', 'acknowledged'] }, { limit: 1_000 }),
    ])
    const open = new Map(alerts.rows.flatMap((alert) => alert.sensorId.map((id) => [id, alert] as const)))
    for (const sensor of sensors) {
      if (sensor.state === 'retired') await this.#close(open.get(sensor.sensorId), 'The sensor was removed.')
      else if (sensor.lastSeen !== null) await this.#judge(sensor, sensor.lastSeen, open.get(sensor.sensorId))
    }
  }

  async #judge(sensor: SensorRow, lastSeen: number, alert: AlertRow | undefined): Promise<void> {
    const { fleet, policies, now } = this.#options
    const heard = Math.max(lastSeen, fleet.get(sensor.sensorId)?.lastHeard ?? 0)
    const silentMs = policies.settings!.silentAfterSeconds * 1_000
    if (now() - Math.max(heard, this.#startedAt) > silentMs) this.#report(sensor, heard)
    else if (now() - heard <= silentMs) {
      this.#reported.delete(sensor.sensorId)
      await this.#close(alert, 'The host is back.')
    }
  }

  #report(sensor: SensorRow, heard: number): void {
    const { desk, live, now } = this.#options
    const { sensorId, hostname } = sensor
    if (this.#reported.has(sensorId)) return
    this.#reported.add(sensorId)
    live.publish({ type: 'sensor', sensorId, state: 'silent', hostname, lastSeen: heard })
    desk.report({
      rule: RULE,
      entity: `${sensor.name || hostname} (${sensorId.slice(0, 8)})`,
      severity: SILENCE_SEVERITY,
      title: `${sensor.name || hostname} is silent: its sensor gives no sign of life`,
      sensorId,
      score: 1,
      firstSeen: heard,
      lastSeen: now(),
      evidence: { lastSeen: new Date(heard).toISOString(), silentSeconds: Math.round((now() - heard) / 1_000) },
    })
  }

  async #close(alert: AlertRow | undefined, note: string): Promise<void> {
    if (alert === undefined) return
    const { database, live } = this.#options
    const change = await closeAlert(database, alert.id, 'system', 'true-positive', note)
    if (change.ok) live.publish({ type: 'alert', alert: change.alert })
  }
}

import type { Policy } from '@picket/proto'
import { getSettings } from '@picket/store'
import type { Database, SettingsRow } from '@picket/store'
import type { Fleet } from '../ingest/fleet.ts'

/** The settings in force, read again on `refresh`, and the policy that sensors get from them. */
export class PolicyBoard {
  readonly #database: Database
  readonly #fleet: Fleet
  #settings: SettingsRow | undefined

  constructor(database: Database, fleet: Fleet) {
    this.#database = database
    this.#fleet = fleet
  }

  /** Undefined until the store has answered once. */
  get settings(): SettingsRow | undefined {
    return this.#settings
  }

  get policy(): Policy | undefined {
    return this.#settings && toPolicy(this.#settings)
  }

  /** Reads the settings; a new revision goes to every connected sensor. */
  async refresh(): Promise<void> {
    const settings = await getSettings(this.#database)
    const isNew = this.#settings?.revision !== settings.revision
    this.#settings = settings
    if (!isNew) return
    const policy = toPolicy(settings)
    for (const sensor of this.#fleet.all()) sensor.sendPolicy(policy)
  }
}

function toPolicy(settings: SettingsRow): Policy {
  return {
    revision: settings.revision,
    idleTimeoutMs: settings.idleTimeoutMs,
    activeTimeoutMs: settings.activeTimeoutMs,
    healthTargets: [...settings.healthTargets],
    anomalyThreshold: settings.anomalyThreshold,
    anomaliesADay: settings.anomaliesADay,
    scanThreshold: settings.scanThreshold,
    excludedInterfaces: [...settings.excludedInterfaces],
  }
}

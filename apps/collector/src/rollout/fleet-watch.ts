import { listSensors } from '@picket/store'
import type { Database } from '@picket/store'
import type { CommandMessage } from '@picket/store/queues'
import { messageOf } from '../errors.ts'
import type { Fleet } from '../ingest/fleet.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Stage } from '../stage.ts'
import type { Logger } from '../telemetry.ts'
import type { ModelOffers } from './model-offers.ts'
import type { PolicyBoard } from './policy-board.ts'

export interface FleetWatchOptions {
  database: Database
  fleet: Fleet
  policies: PolicyBoard
  offers: ModelOffers
  live: LiveFeed
  logger: Logger
}

/** Carries changes made elsewhere to the connected sensors: at once when told, within a poll when not. */
export class FleetWatch implements Stage {
  readonly #options: FleetWatchOptions

  constructor(options: FleetWatchOptions) {
    this.#options = options
  }

  /** The first look: whoever connects afterwards gets policy and models at once. */
  async start(): Promise<void> {
    await this.poll()
  }

  async stop(): Promise<void> {}

  /** Looks at everything that could have changed. */
  async poll(): Promise<void> {
    const { policies, offers } = this.#options
    await policies.refresh()
    await offers.refresh()
    await this.#endRetired()
  }

  /** Never throws: what fails here is done by the next poll. */
  async obey(command: CommandMessage): Promise<void> {
    const { policies, offers, logger } = this.#options
    try {
      if (command.type === 'settings-changed') await policies.refresh()
      else if (command.type === 'models-changed') await offers.refresh()
      else if (command.type === 'sensor-removed') await this.#endRetired()
    } catch (error) {
      logger.warn({ command: command.type, error: messageOf(error) }, 'command not carried out yet')
    }
  }

  /** Believes the store, not the message: anyone on the channel could name a sensor. */
  async #endRetired(): Promise<void> {
    const { database, fleet, live, logger } = this.#options
    const connected = fleet.all()
    if (connected.length === 0) return
    const sensors = await listSensors(database)
    const kept = new Set(sensors.filter((sensor) => sensor.state !== 'retired').map((sensor) => sensor.sensorId))
    for (const sensor of connected) {
      if (kept.has(sensor.sensorId)) continue
      const { sensorId, hostname, lastHeard: lastSeen } = sensor
      logger.info({ sensorId, hostname }, 'sensor removed, its stream ends')
      live.publish({ type: 'sensor', sensorId, state: 'retired', hostname, lastSeen })
      await sensor.end('removed')
    }
  }
}

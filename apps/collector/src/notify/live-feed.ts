import type { LiveEvent, LivePublisher } from '@picket/store/live'
import { messageOf } from '../errors.ts'
import type { Logger, Telemetry } from '../telemetry.ts'

/** Events on their way to Redis at once; further ones are dropped and counted, the next page load shows the truth. */
const MAX_PENDING = 1_000

/** Publishes to the live feed without ever holding up its callers: an event that cannot go is dropped and counted. */
export class LiveFeed {
  readonly #publisher: Pick<LivePublisher, 'publish'>
  readonly #telemetry: Telemetry
  readonly #logger: Logger
  #pending = 0
  #failing = false

  constructor(publisher: Pick<LivePublisher, 'publish'>, telemetry: Telemetry, logger: Logger) {
    this.#publisher = publisher
    this.#telemetry = telemetry
    this.#logger = logger
  }

  publish(event: LiveEvent): void {
    if (this.#pending >= MAX_PENDING) {
      this.#telemetry.add('liveLost')
      return
    }
    this.#pending += 1
    void this.#send(event)
  }

  async #send(event: LiveEvent): Promise<void> {
    try {
      await this.#publisher.publish(event)
      if (this.#failing) this.#logger.info('live feed is back')
      this.#failing = false
    } catch (error) {
      this.#telemetry.add('liveLost')
      if (!this.#failing) this.#logger.warn({ error: messageOf(error) }, 'live feed is lost, ingest goes on')
      this.#failing = true
    } finally {
      this.#pending -= 1
    }
  }
}

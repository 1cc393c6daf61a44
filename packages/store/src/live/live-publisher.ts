import type { Redis } from 'ioredis'
import { LIVE_STREAM, LIVE_STREAM_LENGTH } from './live-stream.ts'
import type { LiveEvent } from './live-event.ts'

/** Events on their way to Redis at once; a publisher with more in flight refuses the next. */
const MAX_IN_FLIGHT = 1000

/** Adds events to the live feed, a capped Redis stream: readers that were away for a moment go on where they were. */
export class LivePublisher {
  readonly #redis: Redis
  #inFlight = 0
  /** Events that were not published: Redis was away, or too many were in flight. */
  refused = 0

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Resolves with the event's id in the feed. Rejects when Redis is away; the event is lost then, pages reload truth. */
  async publish(event: LiveEvent): Promise<string> {
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      this.refused++
      throw new Error(`live feed: ${MAX_IN_FLIGHT} events are on their way already`)
    }
    this.#inFlight++
    try {
      const id = await this.#redis.xadd(LIVE_STREAM, 'MAXLEN', '~', LIVE_STREAM_LENGTH, '*', 'e', JSON.stringify(event))
      return id!
    } catch (error) {
      this.refused++
      throw error
    } finally {
      this.#inFlight--
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { getSettings, openDatabase } from '@picket/store'
import type { Database } from '@picket/store'
import { redisOptions } from '@picket/store/queues'
import { Redis } from 'ioredis'
import type { WorkConfig } from './config.ts'
import { storeUnreachable } from './errors.ts'
import type { Stage } from './stage.ts'
import type { Logger } from './telemetry.ts'

/** Stopping waits this long for statements under way; the database rolls back what is left of them. */
const CLOSE_MS = 2_000

/** The database and Redis of one process. Redis may be away at any time, the database must be there at the start. */
export class Connections implements Stage {
  readonly database: Database
  /** Fails at once while Redis is away, so that nothing piles up. */
  readonly redis: Redis

  constructor(config: WorkConfig, applicationName: string, logger: Logger) {
    this.database = openDatabase(config.databaseUrl, { applicationName })
    this.redis = new Redis({ ...redisOptions(config.redisUrl), enableOfflineQueue: false, lazyConnect: true })
    this.redis.on('error', (error) => logger.debug({ error: error.message }, 'redis is away'))
  }

  async start(): Promise<void> {
    this.redis.connect().catch(() => {})
    await getSettings(this.database).catch((error: unknown) => {
      throw storeUnreachable(error)
    })
  }

  async stop(): Promise<void> {
    this.redis.disconnect()
    await Promise.race([this.database.close(), delay(CLOSE_MS, undefined, { ref: false })])
  }
}

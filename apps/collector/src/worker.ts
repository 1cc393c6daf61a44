import { openDatabase } from '@picket/store'
import { LivePublisher } from '@picket/store/live'
import { COMMANDS_CHANNEL, redisOptions } from '@picket/store/queues'
import { Redis } from 'ioredis'
import type { WorkConfig } from './config.ts'
import { SigningKey } from './enroll/signing-key.ts'
import { LiveFeed } from './notify/live-feed.ts'
import { startAll, type Stage } from './stage.ts'
import type { Logger, Telemetry } from './telemetry.ts'
import { JobJournal } from './train/job-journal.ts'
import { ModelRegistry } from './train/model-registry.ts'
import { runTrainingJob } from './train/train-job.ts'
import { TrainQueue } from './train/train-queue.ts'

/** A running training worker. */
export interface TrainingWorker {
  stop(): Promise<void>
}

/** Builds the training worker and starts it; resolves when it waits for jobs. */
export async function startWorker(config: WorkConfig, telemetry: Telemetry, logger: Logger): Promise<TrainingWorker> {
  const signingKey = await SigningKey.open(config.dataFolder)
  const database = openDatabase(config.databaseUrl, { applicationName: 'picket-worker', maxConnections: 4 })
  const redis = new Redis({ ...redisOptions(config.redisUrl), enableOfflineQueue: false, lazyConnect: true })
  redis.on('error', (error) => logger.debug({ error: error.message }, 'redis is away'))
  const live = new LiveFeed(new LivePublisher(redis), telemetry, logger)
  const registry = new ModelRegistry(database, config.dataFolder, signingKey)
  const queue = new TrainQueue({
    redisUrl: config.redisUrl,
    journalOf: (jobId) => new JobJournal({ database, live, logger, jobId }),
    run: (job, journal, signal) => runTrainingJob({ database, registry }, job, journal, signal),
    onModelsChanged: () => {
      redis.publish(COMMANDS_CHANNEL, JSON.stringify({ type: 'models-changed' })).catch(() => {})
    },
    logger,
  })
  const connections: Stage = {
    start: async () => void redis.connect().catch(() => {}),
    stop: async () => {
      redis.disconnect()
      await database.close()
    },
  }
  return { stop: await startAll([connections, queue]) }
}

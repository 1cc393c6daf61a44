import { LivePublisher } from '@picket/store/live'
import { COMMANDS_CHANNEL } from '@picket/store/queues'
import type { WorkConfig } from './config.ts'
import { Connections } from './connections.ts'
import { SigningKey } from './enroll/signing-key.ts'
import { LiveFeed } from './notify/live-feed.ts'
import { startAll } from './stage.ts'
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
  const connections = new Connections(config, 'picket-worker', logger)
  const { database, redis } = connections
  const live = new LiveFeed(new LivePublisher(redis), telemetry, logger)
  const registry = new ModelRegistry(database, config.dataFolder, signingKey, logger)
  const queue = new TrainQueue({
    redisUrl: config.redisUrl,
    journalOf: (jobId) => new JobJournal({ database, live, logger, jobId }),
    run: (job, journal, signal) => runTrainingJob({ database, registry }, job, journal, signal),
    onModelsChanged: () => {
      redis.publish(COMMANDS_CHANNEL, JSON.stringify({ type: 'models-changed' })).catch(() => {})
    },
    logger,
  })
  return { stop: await startAll([connections, queue]) }
}

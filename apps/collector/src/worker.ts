import { openOrUpdateAlert, type AlertEvidence } from '@picket/store'
import { LivePublisher } from '@picket/store/live'
import { COMMANDS_CHANNEL } from '@picket/store/queues'
import type { WorkConfig } from './config.ts'
import { Connections } from './connections.ts'
import { SigningKey } from './enroll/signing-key.ts'
import { FitnessRound } from './fitness/fitness-round.ts'
import { LiveFeed } from './notify/live-feed.ts'
import { LiveNotifier, LogNotifier, NotifierList } from './notify/notifier.ts'
import { Schedule } from './schedule.ts'
import { startAll } from './stage.ts'
import type { Logger, Telemetry } from './telemetry.ts'
import { JobJournal } from './train/job-journal.ts'
import { JobQueue } from './train/job-queue.ts'
import { failLostJobs } from './train/lost-jobs.ts'
import { sweepImports } from './train/import-folders.ts'
import { ModelRegistry } from './train/model-registry.ts'
import { runLearningJob } from './train/run-job.ts'

const FITNESS_MS = 30_000
const LEFTOVERS_MS = 3_600_000

/** A running training worker. */
export interface TrainingWorker {
  stop(): Promise<void>
}

/**
 * Builds the training worker and starts it; resolves when it waits for jobs. `lockMs` is how long it may say nothing before
 * its job goes to another worker.
 */
export async function startWorker(
  config: WorkConfig,
  telemetry: Telemetry,
  logger: Logger,
  { lockMs }: { lockMs?: number } = {},
): Promise<TrainingWorker> {
  const signingKey = await SigningKey.open(config.dataFolder)
  const connections = new Connections(config, 'picket-worker', logger)
  const { database, redis } = connections
  const live = new LiveFeed(new LivePublisher(redis), telemetry, logger)
  const registry = new ModelRegistry(database, config.dataFolder, signingKey, logger)
  const modelsChanged = () => {
    redis.publish(COMMANDS_CHANNEL, JSON.stringify({ type: 'models-changed' })).catch(() => {})
  }
  const notifier = new NotifierList([new LogNotifier(logger), new LiveNotifier(live)])
  const alert = async (evidence: AlertEvidence) => notifier.notify(await openOrUpdateAlert(database, evidence))
  const fitness = new FitnessRound({ database, registry, live, logger, now: Date.now, onChanged: modelsChanged, alert })
  const services = {
    database,
    registry,
    dataFolder: config.dataFolder,
    judgeHosts: (signal: AbortSignal) => fitness.run(signal),
  }
  const queue = new JobQueue({
    redisUrl: config.redisUrl,
    journalOf: (jobId) => new JobJournal({ database, live, logger, jobId }),
    run: (job, journal, signal) => runLearningJob(services, job, journal, signal),
    onModelsChanged: modelsChanged,
    lockMs,
    logger,
  })
  const removeLeftovers = async () => {
    const lost = await failLostJobs(database, config.redisUrl, Date.now())
    const orphans = await registry.sweep()
    const uploads = await sweepImports(database, config.dataFolder, Date.now())
    if (lost.length + orphans.length + uploads.length > 0)
      logger.warn({ lost, orphans, uploads }, 'left over from a crash, now removed')
  }
  const schedule = new Schedule(
    [
      { name: 'fitness', firstAfterMs: FITNESS_MS, everyMs: FITNESS_MS, run: (signal) => fitness.run(signal) },
      { name: 'bundled', firstAfterMs: 0, everyMs: LEFTOVERS_MS, run: () => registry.registerBundled() },
      { name: 'leftovers', firstAfterMs: 0, everyMs: LEFTOVERS_MS, run: removeLeftovers },
    ],
    telemetry,
    logger,
  )
  return { stop: await startAll([connections, queue, schedule]) }
}

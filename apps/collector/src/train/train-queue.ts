import { TRAIN_QUEUE, redisOptions, type TrainJob } from '@picket/store/queues'
import { Worker, WaitingError, type ConnectionOptions, type Job } from 'bullmq'
import { z } from 'zod'
import { messageOf } from '../errors.ts'
import type { Stage } from '../stage.ts'
import type { Logger } from '../telemetry.ts'
import type { JobJournal } from './job-journal.ts'
import type { KindResult } from './train-job.ts'

const CANCEL_POLL_MS = 500
/** Jobs remembered by the queue; the store keeps every job. */
const REMEMBERED = { count: 100 }

const KINDS = ['anomaly-forest', 'anomaly-autoencoder', 'traffic-classifier'] as const

const trainJob = z.object({
  jobId: z.string().min(1),
  kinds: z.array(z.enum(KINDS)).min(1).max(KINDS.length),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  requestedBy: z.string(),
}) satisfies z.ZodType<TrainJob>

/** Why a run was aborted. */
class Cancelled extends Error {}
class Stopping extends Error {}

export interface TrainQueueOptions {
  redisUrl: string
  journalOf: (jobId: string) => JobJournal
  run: (job: TrainJob, journal: JobJournal, signal: AbortSignal) => Promise<KindResult[]>
  /** Called after a job that registered models. */
  onModelsChanged: () => void
  logger: Logger
}

/** Takes training jobs off the queue, one at a time. A worker that stops gives its job back to the queue. */
export class TrainQueue implements Stage {
  readonly #options: TrainQueueOptions
  readonly #worker: Worker<unknown>
  readonly #stopping = new AbortController()

  constructor(options: TrainQueueOptions) {
    this.#options = options
    this.#worker = new Worker(TRAIN_QUEUE, (job, token) => this.#process(job, token), {
      connection: { ...redisOptions(options.redisUrl) } as ConnectionOptions,
      autorun: false,
      concurrency: 1,
      removeOnComplete: REMEMBERED,
      removeOnFail: REMEMBERED,
    })
    this.#worker.on('error', (error) => options.logger.debug({ error: error.message }, 'queue is away'))
    this.#worker.on('failed', (job, error) => {
      options.logger.warn({ queueJob: job?.id, error: error.message }, 'training job failed')
    })
  }

  /** Resolves when the queue can be reached. */
  async start(): Promise<void> {
    await this.#worker.waitUntilReady()
    void this.#worker.run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Stopping())
    await this.#worker.close()
  }

  async #process(queued: Job<unknown>, token: string | undefined): Promise<KindResult[]> {
    const parsed = trainJob.safeParse(queued.data)
    if (!parsed.success) throw new Error(`training job ${queued.id} is malformed: ${z.prettifyError(parsed.error)}`)
    const journal = this.#options.journalOf(parsed.data.jobId)
    if (await journal.isCancelled()) return []
    await journal.enter('running', { progress: 0 }, 'The worker took the job.')
    const watch = new CancelWatch(journal, this.#stopping.signal)
    try {
      return await this.#run(parsed.data, journal, watch.signal)
    } catch (error) {
      if (error instanceof Cancelled) {
        await journal.enter('cancelled', {}, 'Cancelled.')
        return []
      }
      if (error instanceof Stopping) {
        await journal.enter('queued', { progress: 0 }, 'The worker is stopping, the job waits for another.')
        await queued.moveToWait(token)
        throw new WaitingError()
      }
      await journal.enter('failed', { error: messageOf(error) }, `Failed: ${messageOf(error)}`)
      throw error
    } finally {
      watch.end()
    }
  }

  async #run(job: TrainJob, journal: JobJournal, signal: AbortSignal): Promise<KindResult[]> {
    const models = await this.#options.run(job, journal, signal)
    const trained = models.filter((result) => result.outcome !== 'failed')
    if (trained.length === 0) throw new Error(models.map((result) => result.reason).join('; '))
    await journal.enter('completed', { progress: 1, result: { models } }, 'Done.')
    this.#options.onModelsChanged()
    return models
  }
}

/** Aborts when the job's row says cancelled, or when the worker stops. */
class CancelWatch {
  readonly signal: AbortSignal
  readonly #cancelling = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(journal: JobJournal, stopping: AbortSignal) {
    this.signal = AbortSignal.any([this.#cancelling.signal, stopping])
    this.#timer = setInterval(() => void this.#look(journal), CANCEL_POLL_MS)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  async #look(journal: JobJournal): Promise<void> {
    const isCancelled = await journal.isCancelled().catch(() => false)
    if (isCancelled) this.#cancelling.abort(new Cancelled())
  }
}

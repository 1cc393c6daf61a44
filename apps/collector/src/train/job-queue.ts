import { TRAIN_QUEUE, redisOptions, type LearningJob } from '@picket/store/queues'
import { Worker, WaitingError, type ConnectionOptions, type Job } from 'bullmq'
import { z } from 'zod'
import { messageOf } from '../errors.ts'
import type { Stage } from '../stage.ts'
import type { Logger } from '../telemetry.ts'
import { CancelWatch } from './cancel-watch.ts'
import { Cancelled, Stopping } from './interruption.ts'
import type { JobJournal } from './job-journal.ts'
import { learningJob } from './job-schema.ts'

/** Jobs remembered by the queue; the store keeps every job. */
const REMEMBERED = { count: 100 }
/** A worker that says nothing for this long has died: its job goes to another one. */
const LOCK_MS = 30_000
/** Workers a job may take with it before it is believed to be the cause. */
const MAX_CRASHES = 2

export interface JobQueueOptions {
  redisUrl: string
  journalOf: (jobId: string) => JobJournal
  /** Does one job and gives its result. */
  run: (job: LearningJob, journal: JobJournal, signal: AbortSignal) => Promise<object>
  /** Called after a job that may have registered models. */
  onModelsChanged: () => void
  /** Default 30 s. */
  lockMs?: number
  logger: Logger
}

/**
 * Takes jobs off the queue, one at a time. A worker that stops gives its job back; the job of one that died is begun again by
 * another. What a job leaves behind is written at its end, so a job that is begun again finds nothing half done.
 */
export class JobQueue implements Stage {
  readonly #options: JobQueueOptions
  readonly #worker: Worker<unknown>
  readonly #stopping = new AbortController()

  constructor(options: JobQueueOptions) {
    this.#options = options
    const lockDuration = options.lockMs ?? LOCK_MS
    this.#worker = new Worker(TRAIN_QUEUE, (job, token) => this.#process(job, token), {
      connection: { ...redisOptions(options.redisUrl) } as ConnectionOptions,
      autorun: false,
      concurrency: 1,
      lockDuration,
      stalledInterval: lockDuration / 2,
      maxStalledCount: MAX_CRASHES,
      removeOnComplete: REMEMBERED,
      removeOnFail: REMEMBERED,
    })
    this.#worker.on('error', (error) => options.logger.debug({ error: error.message }, 'queue is away'))
    this.#worker.on('failed', (job, error) => {
      options.logger.warn({ queueJob: job?.id, error: error.message }, 'job failed')
      void this.#noteFailure(job, error)
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

  async #process(queued: Job<unknown>, token: string | undefined): Promise<object> {
    const parsed = learningJob.safeParse(queued.data)
    if (!parsed.success) throw new Error(`job ${queued.id} is malformed: ${z.prettifyError(parsed.error)}`)
    const journal = this.#options.journalOf(parsed.data.jobId)
    if (await journal.isOver()) return {}
    const isAgain = queued.stalledCounter > 0
    const line = isAgain ? 'The worker before died; the job begins again.' : 'The worker took the job.'
    await journal.enter('running', { progress: 0 }, line)
    const watch = new CancelWatch(journal, this.#stopping.signal)
    try {
      const result = await this.#options.run(parsed.data, journal, watch.signal)
      await journal.enter('completed', { progress: 1, result: { ...result } }, 'Done.')
      this.#options.onModelsChanged()
      return result
    } catch (error) {
      if (error instanceof Cancelled) {
        await journal.enter('cancelled', {}, 'Cancelled.')
        return {}
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

  /** A job that failed without a word of its own: malformed, or every worker that took it died. */
  async #noteFailure(queued: Job<unknown> | undefined, error: Error): Promise<void> {
    if (queued?.id === undefined) return
    const journal = this.#options.journalOf(queued.id)
    try {
      if (await journal.isOver()) return
      await journal.enter('failed', { error: error.message }, `Failed: ${error.message}`)
    } catch (cause) {
      this.#options.logger.warn({ jobId: queued.id, error: messageOf(cause) }, 'job not marked as failed')
    }
  }
}

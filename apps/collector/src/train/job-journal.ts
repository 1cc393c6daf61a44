import { getJob, updateJob } from '@picket/store'
import type { Database, JobChange, JobState } from '@picket/store'
import { messageOf } from '../errors.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Logger } from '../telemetry.ts'

/** Progress is kept and shown at most this often; state changes and lines always are. */
const PROGRESS_EVERY_MS = 500

export interface JobJournalOptions {
  database: Database
  live: LiveFeed
  logger: Logger
  jobId: string
}

/** What a job's row and its page say. Changes are written one after another, in order. */
export class JobJournal {
  readonly #options: JobJournalOptions
  #writing: Promise<void> = Promise.resolve()
  #state: JobState = 'queued'
  #progress = 0
  #progressAt = 0

  constructor(options: JobJournalOptions) {
    this.#options = options
  }

  /** Share done, 0 to 1; it never falls. */
  progress(share: number): void {
    const now = performance.now()
    if (share <= this.#progress || (share < 1 && now - this.#progressAt < PROGRESS_EVERY_MS)) return
    this.#progressAt = now
    this.#progress = share
    this.#write({ progress: share })
  }

  line(line: string): void {
    this.#options.logger.info({ jobId: this.#options.jobId }, line)
    this.#write({ log: line }, line)
  }

  /** A change of state with what belongs to it; resolves when it is stored, rejects when it cannot be. */
  async enter(state: JobState, change: Omit<JobChange, 'state' | 'log'> = {}, line?: string): Promise<void> {
    await this.#writing
    this.#state = state
    this.#progress = change.progress ?? this.#progress
    await this.#store({ ...change, state, ...(line === undefined ? {} : { log: line }) }, line)
    this.#options.logger.info({ jobId: this.#options.jobId, state }, line ?? 'job state')
  }

  /** Whether somebody cancelled the job meanwhile. */
  async isCancelled(): Promise<boolean> {
    const row = await getJob(this.#options.database, this.#options.jobId)
    return row?.state === 'cancelled'
  }

  /** Whether the job has ended: as it should, by failing, or by being cancelled. */
  async isOver(): Promise<boolean> {
    const row = await getJob(this.#options.database, this.#options.jobId)
    return row !== undefined && row.state !== 'queued' && row.state !== 'running'
  }

  /** Lines and progress that cannot be stored are dropped: the state at the end is what counts. */
  #write(change: JobChange, line?: string): void {
    this.#writing = this.#writing
      .then(() => this.#store(change, line))
      .catch((error: unknown) => {
        this.#options.logger.warn({ jobId: this.#options.jobId, error: messageOf(error) }, 'job not updated')
      })
  }

  async #store(change: JobChange, line?: string): Promise<void> {
    const { database, live, jobId } = this.#options
    await updateJob(database, jobId, change)
    const event = { type: 'job' as const, jobId, state: this.#state, progress: this.#progress }
    live.publish(line === undefined ? event : { ...event, line })
  }
}

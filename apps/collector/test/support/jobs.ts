import { createJob, getJob, type JobRow } from '@picket/store'
import { TRAIN_QUEUE, redisOptions, type LearningJob } from '@picket/store/queues'
import type { TestDatabase } from '@picket/store/testing'
import { Queue, type ConnectionOptions } from 'bullmq'
import { until } from './until.ts'

type Asked<Job> = Job extends unknown ? Omit<Job, 'jobId' | 'requestedBy'> : never

/** Asks for jobs as the console does, and waits for their ends. */
export class TestJobs {
  readonly queue: Queue<LearningJob>
  readonly #database: TestDatabase

  constructor(database: TestDatabase, redisUrl: string) {
    this.#database = database
    this.queue = new Queue<LearningJob>(TRAIN_QUEUE, {
      connection: { ...redisOptions(redisUrl) } as ConnectionOptions,
    })
  }

  async ask(job: Asked<LearningJob>): Promise<string> {
    const { id } = await createJob(this.#database.db, { kind: job.kind ?? 'train', createdBy: 'test' })
    await this.queue.add(job.kind ?? 'train', { ...job, jobId: id, requestedBy: 'test' }, { jobId: id })
    return id
  }

  async row(jobId: string): Promise<JobRow> {
    return (await getJob(this.#database.db, jobId))!
  }

  async over(jobId: string): Promise<JobRow> {
    const isOver = async () => ['completed', 'failed', 'cancelled'].includes((await this.row(jobId)).state)
    await until('the end of the job', isOver, 60_000)
    return this.row(jobId)
  }

  /** Asks and waits. */
  async done(job: Asked<LearningJob>): Promise<JobRow> {
    return this.over(await this.ask(job))
  }

  close(): Promise<void> {
    return this.queue.close()
  }
}

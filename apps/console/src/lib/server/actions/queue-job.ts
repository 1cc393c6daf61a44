import { createJob, recordAudit, updateJob, type JobRow } from '@picket/store'
import type { LearningJob } from '@picket/store/queues'
import { within } from '../within.ts'
import type { ActionContext } from './context.ts'

export const QUEUE_MS = 5_000

/** The part of a BullMQ queue that starting and cancelling need. */
export interface TrainQueue {
  add(name: string, data: LearningJob, options: { jobId: string }): Promise<unknown>
  remove(jobId: string): Promise<unknown>
}

type Asked<Job> = Job extends unknown
  ? Omit<Job, 'jobId' | 'requestedBy' | 'kind'> & { kind: NonNullable<Kind<Job>> }
  : never
type Kind<Job> = Job extends { kind?: infer K } ? K : never

/** Writes the job's row, then queues it. A job that cannot be queued is marked failed: it must not look like waiting. */
export async function queueJob(
  { database, publish, actor }: ActionContext,
  queue: TrainQueue,
  asked: Asked<LearningJob>,
): Promise<JobRow> {
  const { kind, ...params } = asked
  const job = await createJob(database, { kind, params, createdBy: actor })
  try {
    const data = { ...asked, jobId: job.id, requestedBy: actor } as LearningJob
    await within(QUEUE_MS, queue.add(kind, data, { jobId: job.id }), 'The queue')
  } catch (cause) {
    await updateJob(database, job.id, { state: 'failed', error: 'The queue could not be reached' })
    throw cause
  }
  await recordAudit(database, { actor, action: `model.${kind}`, subject: job.id, detail: params })
  await publish({ type: 'job', jobId: job.id, state: 'queued', progress: 0 })
  return job
}

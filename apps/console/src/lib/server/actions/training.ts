import { createJob, getJob, recordAudit, updateJob, type JobRow, type ModelKind } from '@picket/store'
import type { TrainJob } from '@picket/store/queues'
import { z } from 'zod'
import { within } from '../within.ts'
import type { ActionContext } from './context.ts'

const QUEUE_MS = 5_000

/** The part of a BullMQ queue that starting and cancelling need. */
export interface TrainQueue {
  add(name: string, data: TrainJob, options: { jobId: string }): Promise<unknown>
  remove(jobId: string): Promise<unknown>
}

/** Kinds the worker can train. */
export const TRAINED_KINDS = ['anomaly-forest', 'traffic-classifier'] as const satisfies ModelKind[]

/** Spans of flows to train on, hours; 0 is everything that is kept. */
export const TRAINING_HOURS = [1, 24, 7 * 24, 30 * 24, 0] as const

const schema = z.object({
  kinds: z.array(z.enum(TRAINED_KINDS)).min(1, 'Choose at least one kind of model'),
  hours: z.coerce.number().refine((hours) => TRAINING_HOURS.some((allowed) => allowed === hours), 'Choose a span'),
})

export type TrainingForm = z.output<typeof schema>

export function parseTrainingForm(
  form: FormData,
): { ok: true; value: TrainingForm } | { ok: false; mistakes: Record<string, string | undefined> } {
  const parsed = schema.safeParse({ kinds: form.getAll('kind'), hours: form.get('hours') })
  if (parsed.success) return { ok: true, value: parsed.data }
  const { fieldErrors } = z.flattenError(parsed.error)
  return { ok: false, mistakes: { kinds: fieldErrors.kinds?.[0], hours: fieldErrors.hours?.[0] } }
}

/** Writes the job's row, then queues it. A job that cannot be queued is marked failed: it must not look like waiting. */
export async function startTraining(
  { database, publish, actor }: ActionContext,
  queue: TrainQueue,
  { kinds, hours }: TrainingForm,
): Promise<JobRow> {
  const to = new Date()
  const span = hours > 0 ? { from: new Date(to.getTime() - hours * 3_600_000).toISOString(), to: to.toISOString() } : {}
  const job = await createJob(database, { kind: 'train', params: { kinds, ...span }, createdBy: actor })
  try {
    const data = { jobId: job.id, kinds, ...span, requestedBy: actor }
    await within(QUEUE_MS, queue.add('train', data, { jobId: job.id }), 'The queue')
  } catch (cause) {
    await updateJob(database, job.id, { state: 'failed', error: 'The queue could not be reached' })
    throw cause
  }
  await recordAudit(database, { actor, action: 'model.train', subject: job.id, detail: { kinds, ...span } })
  await publish({ type: 'job', jobId: job.id, state: 'queued', progress: 0 })
  return job
}

/** Marks a waiting or running job cancelled; the worker reads that between its steps and stops. */
export async function cancelTraining(
  { database, publish, actor }: ActionContext,
  queue: TrainQueue,
  jobId: string,
): Promise<'cancelled' | 'not-found' | 'over'> {
  const job = await getJob(database, jobId)
  if (!job) return 'not-found'
  if (job.state !== 'queued' && job.state !== 'running') return 'over'
  await updateJob(database, jobId, { state: 'cancelled', log: `Cancelled by ${actor}` })
  // A running job is locked by its worker and stays in the queue until the worker sees the state.
  await within(QUEUE_MS, queue.remove(jobId), 'The queue').catch(() => undefined)
  await recordAudit(database, { actor, action: 'job.cancel', subject: jobId })
  await publish({ type: 'job', jobId, state: 'cancelled', progress: job.progress, line: `Cancelled by ${actor}` })
  return 'cancelled'
}

import { getJob, recordAudit, updateJob, type JobRow, type ModelKind } from '@picket/store'
import { z } from 'zod'
import { within } from '../within.ts'
import type { ActionContext } from './context.ts'
import { QUEUE_MS, queueJob, type TrainQueue } from './queue-job.ts'

export type { TrainQueue } from './queue-job.ts'

/** Kinds the worker can train. */
export const TRAINED_KINDS = [
  'anomaly-forest',
  'anomaly-autoencoder',
  'traffic-classifier',
] as const satisfies ModelKind[]

/** What an autoencoder may read. */
export const AUTOENCODERS = ['dense', 'sequence'] as const

/** Spans of flows to train on, hours; 0 is everything that is kept. */
export const TRAINING_HOURS = [1, 24, 7 * 24, 30 * 24, 0] as const

const schema = z.object({
  kinds: z.array(z.enum(TRAINED_KINDS)).min(1, 'Choose at least one kind of model'),
  hours: z.coerce.number().refine((hours) => TRAINING_HOURS.some((allowed) => allowed === hours), 'Choose a span'),
  dataset: z.union([z.literal(''), z.uuid('Choose a data set')]).optional(),
  autoencoder: z.enum(AUTOENCODERS).optional(),
})

export type TrainingForm = z.output<typeof schema>

export function parseTrainingForm(
  form: FormData,
): { ok: true; value: TrainingForm } | { ok: false; mistakes: Record<string, string | undefined> } {
  const parsed = schema.safeParse({
    kinds: form.getAll('kind'),
    hours: form.get('hours'),
    dataset: form.get('dataset') ?? undefined,
    autoencoder: form.get('autoencoder') ?? undefined,
  })
  if (parsed.success) return { ok: true, value: parsed.data }
  const { fieldErrors } = z.flattenError(parsed.error)
  return { ok: false, mistakes: { kinds: fieldErrors.kinds?.[0], hours: fieldErrors.hours?.[0] } }
}

/** Flows of the last hours, ending now; of everything that is kept for 0. */
export function spanOf(hours: number): { from?: string; to?: string } {
  if (hours === 0) return {}
  const to = new Date()
  return { from: new Date(to.getTime() - hours * 3_600_000).toISOString(), to: to.toISOString() }
}

/** Trains on stored flows, or on a data set where one was chosen. */
export function startTraining(
  context: ActionContext,
  queue: TrainQueue,
  { kinds, hours, dataset, autoencoder }: TrainingForm,
): Promise<JobRow> {
  const source = dataset ? { dataset } : spanOf(hours)
  const network = autoencoder && kinds.includes('anomaly-autoencoder') ? { autoencoder } : {}
  return queueJob(context, queue, { kind: 'train', kinds, ...network, ...source })
}

/** Marks a waiting or running job cancelled; the worker reads that between its steps and stops. `removeUpload`: what a waiting import has no more use for. */
export async function cancelTraining(
  { database, publish, actor }: ActionContext,
  queue: TrainQueue,
  jobId: string,
  removeUpload?: (uploadId: string) => Promise<void>,
): Promise<'cancelled' | 'not-found' | 'over'> {
  const job = await getJob(database, jobId)
  if (!job) return 'not-found'
  if (job.state !== 'queued' && job.state !== 'running') return 'over'
  await updateJob(database, jobId, { state: 'cancelled', log: `Cancelled by ${actor}` })
  // A running job is locked by its worker and stays in the queue until the worker sees the state.
  await within(QUEUE_MS, queue.remove(jobId), 'The queue').catch(() => undefined)
  if (typeof job.params.upload === 'string' && job.state === 'queued') await removeUpload?.(job.params.upload)
  await recordAudit(database, { actor, action: 'job.cancel', subject: jobId })
  await publish({ type: 'job', jobId, state: 'cancelled', progress: job.progress, line: `Cancelled by ${actor}` })
  return 'cancelled'
}

import { ReferenceSample } from '@picket/ml/fitness'
import { runTrainJob } from '@picket/ml/training'
import { getJob } from '@picket/store'
import type { Database, ModelKind } from '@picket/store'
import type { TrainJob } from '@picket/store/queues'
import { messageOf } from '../errors.ts'
import { compareModels, type Comparison } from './comparison.ts'
import { datasetRows, heldOutOf } from './dataset-rows.ts'
import { Holdout } from './holdout.ts'
import type { JobJournal } from './job-journal.ts'
import { seedOf } from './job-seed.ts'
import { enoughRows, sampled } from './learned-rows.ts'
import type { ModelRegistry } from './model-registry.ts'
import { requireSpan, storedRows } from './stored-rows.ts'
import { tellComparison } from './tell-comparison.ts'

/** Flows drawn from the store at most, 50 MB and more. */
const MAX_FLOWS = 200_000

/** What became of one kind of model. */
export interface KindResult {
  kind: ModelKind
  outcome: 'offered' | 'kept' | 'failed'
  modelId?: string
  /** Why it was not trained or not offered, for people. */
  reason?: string
  comparison?: Comparison
  metrics?: Record<string, number>
}

export interface TrainJobServices {
  database: Database
  registry: ModelRegistry
  /** Where models and data sets lie. */
  dataFolder: string
  /** Judges on which hosts what is rolled out may be used. */
  judgeHosts: (signal: AbortSignal) => Promise<void>
}

/**
 * Trains the models a job asks for, one after another. A model that is not worse than the one in use on the same
 * held-out flows is offered to the sensors it fits; a worse one stays a candidate. Rejects with the signal's reason when aborted.
 */
export async function runTrainingJob(
  services: TrainJobServices,
  job: TrainJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<{ models: KindResult[] }> {
  const models: KindResult[] = []
  for (const [index, kind] of job.kinds.entries()) {
    const onProgress = (share: number) => journal.progress((index + share) / job.kinds.length)
    try {
      models.push(await trainKind({ ...services, job, kind, journal, signal, onProgress }))
    } catch (error) {
      signal.throwIfAborted()
      const reason = `${kind}: ${messageOf(error)}`
      journal.line(reason)
      models.push({ kind, outcome: 'failed', reason })
    }
  }
  if (models.every(({ outcome }) => outcome === 'failed')) {
    throw new Error(models.map(({ reason }) => reason).join('; '))
  }
  if (models.some(({ outcome }) => outcome === 'offered')) await services.judgeHosts(signal)
  return { models }
}

interface KindTask extends TrainJobServices {
  job: TrainJob
  kind: ModelKind
  journal: JobJournal
  signal: AbortSignal
  onProgress: (share: number) => void
}

async function trainKind(task: KindTask): Promise<KindResult> {
  const { job, kind, registry, journal, signal, onProgress } = task
  const seed = seedOf(job.jobId)
  const { holdout, rows } = await sourceOf(task, seed)
  const reference = new ReferenceSample(seed)
  const trained = await runTrainJob({
    kind,
    ...(kind === 'anomaly-autoencoder' && { network: job.autoencoder }),
    rows: sampled(rows, kind, reference),
    seed,
    trainedAt: await askedAt(task),
    lineage: {
      jobId: job.jobId,
      from: job.from ?? null,
      to: job.to ?? null,
      ...(job.dataset && { source: 'imported data set', dataset: job.dataset }),
      requestedBy: job.requestedBy,
    },
    signal,
    onProgress: (share, line) => {
      onProgress(share * 0.9)
      if (share <= 0.1 || share >= 1) journal.line(`${kind}: ${line}`)
    },
  })
  const model = { ...trained, description: { ...trained.description, reference: reference.describe() } }
  const comparison = await compareModels(model, await registry.active(kind), holdout, seed)
  signal.throwIfAborted()
  const modelId = model.description.id
  await registry.register(model, job.requestedBy)
  const isOffered = comparison.verdict !== 'worse'
  if (isOffered) await registry.rollOut(modelId, job.requestedBy)
  const reason = tellComparison(kind, modelId, comparison)
  journal.line(reason)
  const { metrics } = model.description
  return { kind, outcome: isOffered ? 'offered' : 'kept', modelId, reason, comparison, metrics }
}

/** What is learned from, and what is held out: a fifth of the stored flows, or the test part of a data set. */
async function sourceOf({ database, dataFolder, job, kind }: KindTask, seed: number) {
  if (job.dataset === undefined) {
    const holdout = new Holdout({ seed, ...(await requireSpan(database, job)) })
    const stored = storedRows(database, kind, { from: job.from, to: job.to, limit: MAX_FLOWS, seed })
    return { holdout, rows: holdout.filter(enoughRows(stored)) }
  }
  const holdout = await heldOutOf(dataFolder, job.dataset, kind, seed)
  return { holdout, rows: enoughRows(datasetRows(dataFolder, job.dataset, kind, 'train')) }
}

/** The moment the job was asked for: a job that is done again after a crash makes the same archive, byte for byte. */
async function askedAt({ database, job }: KindTask): Promise<Date> {
  return new Date((await getJob(database, job.jobId))?.createdAt ?? 0)
}

import { createHash } from 'node:crypto'
import { FEATURE_SET_VERSION } from '@picket/ml/features'
import { runTrainJob } from '@picket/ml/training'
import type { TrainingRow } from '@picket/ml/training'
import { trainingFlows } from '@picket/store'
import type { ClassSourceName, Database, ModelKind } from '@picket/store'
import type { TrainJob } from '@picket/store/queues'
import { messageOf } from '../errors.ts'
import { compareModels, type Comparison } from './comparison.ts'
import { Holdout } from './holdout.ts'
import type { JobJournal } from './job-journal.ts'
import type { ModelRegistry } from './model-registry.ts'

/** Flows drawn from the store at most: 200,000 rows of 64 features are 51 MB. */
const MAX_FLOWS = 200_000
/** Below this neither model says more than chance. */
const MIN_FLOWS = 40

/** Only these tell a class without the help of a model, so only these teach one. */
const TEACHERS: readonly (ClassSourceName | null)[] = ['recogniser', 'host-name']

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
}

/**
 * Trains the models a job asks for, one after another. A model that is not worse than the one in use on the same
 * held-out flows is offered to all sensors; a worse one stays a candidate. Rejects with the signal's reason when aborted.
 */
export async function runTrainingJob(
  services: TrainJobServices,
  job: TrainJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<KindResult[]> {
  const results: KindResult[] = []
  for (const [index, kind] of job.kinds.entries()) {
    const onProgress = (share: number) => journal.progress((index + share) / job.kinds.length)
    try {
      results.push(await trainKind({ ...services, job, kind, journal, signal, onProgress }))
    } catch (error) {
      signal.throwIfAborted()
      const reason = `${kind}: ${messageOf(error)}`
      journal.line(reason)
      results.push({ kind, outcome: 'failed', reason })
    }
  }
  return results
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
  const holdout = new Holdout(seed)
  const counted = { flows: 0 }
  const model = await runTrainJob({
    kind,
    rows: holdout.filter(enoughRows(readRows(task, seed), counted)),
    seed,
    lineage: { jobId: job.jobId, from: job.from ?? null, to: job.to ?? null, requestedBy: job.requestedBy },
    signal,
    onProgress: (share, line) => {
      onProgress(share * 0.9)
      if (share <= 0.1 || share >= 1) journal.line(`${kind}: ${line}`)
    },
  })
  const comparison = await compareModels(model, await registry.active(kind), holdout)
  signal.throwIfAborted()
  const modelId = model.description.id
  await registry.register(model, job.requestedBy)
  const isOffered = comparison.verdict !== 'worse'
  if (isOffered) await registry.rollOut(modelId, job.requestedBy)
  const reason = describe(kind, modelId, comparison)
  journal.line(reason)
  const { metrics } = model.description
  return { kind, outcome: isOffered ? 'offered' : 'kept', modelId, reason, comparison, metrics }
}

async function* readRows({ database, job, kind }: KindTask, seed: number): AsyncGenerator<TrainingRow> {
  const flows = trainingFlows(database, {
    ...(job.from === undefined ? {} : { from: job.from }),
    ...(job.to === undefined ? {} : { to: job.to }),
    limit: MAX_FLOWS,
    seed,
    featureSetVersion: FEATURE_SET_VERSION,
    labelled: kind === 'traffic-classifier',
  })
  for await (const flow of flatten(flows)) {
    // Packets of such a flow were only counted: nothing is to be learned from it.
    if (flow.features.every(Number.isNaN)) continue
    const isTaught = TEACHERS.includes(flow.classSource)
    if (kind === 'traffic-classifier' && !isTaught) continue
    yield { features: flow.features, class: isTaught ? flow.class : '' }
  }
}

async function* flatten<T>(pages: AsyncIterable<T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page
}

/** Passes the rows on and throws at their end when there were too few. */
async function* enoughRows(rows: AsyncIterable<TrainingRow>, counted: { flows: number }): AsyncGenerator<TrainingRow> {
  for await (const row of rows) {
    counted.flows += 1
    yield row
  }
  if (counted.flows < MIN_FLOWS) {
    throw new Error(
      `only ${counted.flows} usable flows in the chosen time, at least ${MIN_FLOWS} are needed; ` +
        'let the sensors run longer or choose a longer time',
    )
  }
}

function describe(kind: ModelKind, modelId: string, comparison: Comparison): string {
  const { verdict, metric, value, activeValue, activeModelId } = comparison
  if (verdict === 'first') return `${kind}: ${modelId} is the first that could be measured, offered to all sensors`
  const figures = `${metric} ${value?.toFixed(3)} beside ${activeValue?.toFixed(3)} of ${activeModelId}`
  if (verdict === 'worse') return `${kind}: ${modelId} is worse (${figures}), kept as candidate and not offered`
  return `${kind}: ${modelId} is ${verdict === 'better' ? 'better' : 'as good'} (${figures}), offered to all sensors`
}

/** The same job draws the same flows. */
function seedOf(jobId: string): number {
  return createHash('sha256').update(jobId).digest().readUInt32LE(0)
}

import { evaluateAnomaly, evaluateClassifier } from '@picket/ml/evaluation'
import type { Database, ModelKind } from '@picket/store'
import type { EvaluateJob } from '@picket/store/queues'
import { compareModels, type Comparison } from './comparison.ts'
import { heldOutOf } from './dataset-rows.ts'
import { Holdout } from './holdout.ts'
import type { JobJournal } from './job-journal.ts'
import type { ModelRegistry } from './model-registry.ts'
import { requireSpan, storedRows } from './stored-rows.ts'
import { seedOf } from './job-seed.ts'

/** Flows drawn at most; a fifth of them is kept by the holdout's own bound. */
const MAX_FLOWS = 20_000

export interface EvaluationResult {
  evaluation: { modelId: string; kind: string; comparison: Comparison; metrics: Record<string, number> }
}

/** Measures a registered model beside the one in use on stored flows, or on an imported data set's test part. Nothing is changed by it. */
export async function runEvaluateJob(
  { database, registry, dataFolder }: { database: Database; registry: ModelRegistry; dataFolder: string },
  job: EvaluateJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<EvaluationResult> {
  const model = await registry.open(job.modelId)
  const { kind } = model.description
  const seed = seedOf(job.jobId)
  const holdout =
    job.dataset === undefined
      ? await heldOutFlows(database, job, kind, seed)
      : await heldOutOf(dataFolder, job.dataset, kind, seed)
  signal.throwIfAborted()
  journal.line(`${holdout.size} flows read, from ${holdout.blocks} spans of a host and a time`)
  journal.progress(0.4)
  const active = await registry.active(kind)
  const beside = active?.description.id === job.modelId ? undefined : active
  const comparison = await compareModels(model, beside, holdout, seed)
  if (comparison.value === null)
    throw new Error(`${kind}: nothing to measure on among ${holdout.size} flows of that time`)
  journal.progress(0.8)
  signal.throwIfAborted()
  const report =
    kind === 'traffic-classifier'
      ? await evaluateClassifier(model, holdout.labelled())
      : await evaluateAnomaly(model, holdout.usualAndUnusual(), (label) => label === 'usual')
  const metrics = Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  )
  journal.line(`${comparison.metric} ${comparison.value.toFixed(3)} on ${comparison.holdoutFlows} flows`)
  return { evaluation: { modelId: job.modelId, kind, comparison, metrics } }
}

async function heldOutFlows(database: Database, job: EvaluateJob, kind: ModelKind, seed: number): Promise<Holdout> {
  const holdout = new Holdout({ seed, share: 1, ...(await requireSpan(database, job)) })
  const rows = holdout.filter(storedRows(database, kind, { from: job.from, to: job.to, limit: MAX_FLOWS, seed }))
  while (!(await rows.next()).done);
  return holdout
}

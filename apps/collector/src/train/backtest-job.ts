import { FEATURE_COUNT } from '@picket/ml/features'
import { countFlows, listSensors } from '@picket/store'
import type { Database, ShadowScores } from '@picket/store'
import type { BacktestJob } from '@picket/store/queues'
import { shadowScores, type HostRows } from '../fitness/shadow-scores.ts'
import type { JobJournal } from './job-journal.ts'
import type { ModelRegistry } from './model-registry.ts'
import { requireSpan, storedRows } from './stored-rows.ts'
import { seedOf } from './job-seed.ts'

/** Flows of one host at most, a uniform draw; what is counted a day is scaled up from it. */
const MAX_HOST_FLOWS = 20_000

export interface HostBacktest extends ShadowScores {
  sensorId: string
  hostname: string
  /** Flows a day the model, and the one in use, would have flagged; null where the flows span less than a minute. */
  flaggedADay: number | null
  activeFlaggedADay: number | null
}

export interface BacktestResult {
  backtest: { modelId: string; kind: string; activeModelId: string | null; hosts: HostBacktest[] }
}

/** Runs a registered model over the stored flows of every host; its scores go nowhere but into the result. */
export async function runBacktestJob(
  { database, registry }: { database: Database; registry: ModelRegistry },
  job: BacktestJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<BacktestResult> {
  const model = await registry.open(job.modelId)
  const { kind } = model.description
  const active = await registry.active(kind)
  const beside = active?.description.id === job.modelId ? undefined : active
  await requireSpan(database, job)
  const hosts: HostBacktest[] = []
  const sensors = await listSensors(database)
  for (const [index, { sensorId, hostname }] of sensors.entries()) {
    signal.throwIfAborted()
    const host = await readHost(database, job, sensorId, signal)
    journal.progress((index + 1) / sensors.length)
    if (host.rows.length === 0) continue
    const scores = await shadowScores(model, beside, host)
    const stored = await countFlows(database, { sensorId, from: job.from, to: job.to })
    hosts.push({ sensorId, hostname, ...scores, ...aDay(scores, stored) })
    journal.line(`${hostname}: ${scores.flagged} of ${scores.flows} flows`)
  }
  return {
    backtest: { modelId: job.modelId, kind, activeModelId: beside?.description.id ?? null, hosts },
  }
}

/** Every flow is scored here, whatever its class: this is what the host would have seen. */
async function readHost(
  database: Database,
  job: BacktestJob,
  sensorId: string,
  signal: AbortSignal,
): Promise<HostRows> {
  const rows: Float32Array[] = []
  let [firstUs, lastUs] = [Infinity, -Infinity]
  const request = { sensorId, from: job.from, to: job.to, limit: MAX_HOST_FLOWS, seed: seedOf(job.jobId) }
  for await (const row of storedRows(database, 'anomaly-forest', request)) {
    signal.throwIfAborted()
    if (row.features.length !== FEATURE_COUNT) continue
    rows.push(Float32Array.from(row.features, (value) => value ?? NaN))
    firstUs = Math.min(firstUs, row.endUs)
    lastUs = Math.max(lastUs, row.endUs)
  }
  const all = new Float32Array(rows.length * FEATURE_COUNT)
  rows.forEach((row, i) => all.set(row, i * FEATURE_COUNT))
  return { rows: all, firstUs, lastUs }
}

function aDay({ flagged, activeFlagged, flows, hours }: ShadowScores, stored: number) {
  if (hours < 1 / 60) return { flaggedADay: null, activeFlaggedADay: null }
  const scale = (stored / flows) * (24 / hours)
  return { flaggedADay: flagged * scale, activeFlaggedADay: activeFlagged === null ? null : activeFlagged * scale }
}

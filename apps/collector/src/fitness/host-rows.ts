import { FEATURE_COUNT } from '@picket/ml/features'
import type { ModelDescription } from '@picket/ml/scoring'
import type { Database, ModelKind } from '@picket/store'
import { SCAN } from '../train/holdout.ts'
import { storedRows } from '../train/stored-rows.ts'
import type { HostRows } from './shadow-scores.ts'

/** Flows of a host that a model is judged on at most, and how far back they go. */
const MAX_ROWS = 4_000
const RECENT_MS = 7 * 24 * 3_600_000
/** Of a model that is in use, or was: a change is to be seen within hours. */
const WATCHED_MS = 24 * 3_600_000
/** The draw is always the same, so that a verdict changes only with the flows. */
const SEED = 1

/**
 * Recent flows of one host, a uniform draw, chosen as training chooses them: scans left out for an anomaly model, flows whose
 * class was told without a model for a classifier, of the classes it knows.
 */
export async function hostRows(
  database: Database,
  sensorId: string,
  { kind, classes }: Pick<ModelDescription, 'kind' | 'classes'>,
  { now, isWatched }: { now: number; isWatched: boolean },
): Promise<HostRows> {
  const rows: number[] = []
  let firstUs = Infinity
  let lastUs = -Infinity
  const from = new Date(now - (isWatched ? WATCHED_MS : RECENT_MS)).toISOString()
  const request = { sensorId, from, to: new Date(now + 1).toISOString(), limit: MAX_ROWS, seed: SEED }
  for await (const row of storedRows(database, kind, request)) {
    if (row.features.length !== FEATURE_COUNT || !isLearned(kind, row.class)) continue
    if (classes !== undefined && !classes.includes(row.class)) continue
    for (const value of row.features) rows.push(value)
    firstUs = Math.min(firstUs, row.endUs)
    lastUs = Math.max(lastUs, row.endUs)
  }
  return { rows: Float32Array.from(rows), firstUs, lastUs }
}

/** Whether a model of that kind learns from flows of that class, empty for none. */
export const isLearned = (kind: ModelKind, className: string): boolean =>
  kind === 'traffic-classifier' ? className !== '' : className !== SCAN

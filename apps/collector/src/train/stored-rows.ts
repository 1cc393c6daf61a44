import { FEATURE_SET_VERSION } from '@picket/ml/features'
import { flowSpan, trainingFlows } from '@picket/store'
import type { ClassSourceName, Database, ModelKind, TrainingFlow, TrainingRequest } from '@picket/store'
import type { PlacedRow } from './holdout.ts'

/** Only these tell a class without the help of a model, so only these teach one. */
const TEACHERS: readonly (ClassSourceName | null)[] = ['recogniser', 'host-name', 'behaviour']

export type RowRequest = Pick<TrainingRequest, 'from' | 'to' | 'limit' | 'seed' | 'sensorId'>

/**
 * Stored flows as rows of one kind of model: for a classifier those whose class was told without a model, with it; else all,
 * with the class where it was told so.
 */
export async function* storedRows(
  database: Database,
  kind: ModelKind,
  request: RowRequest,
): AsyncGenerator<PlacedRow & TrainingFlow> {
  const labelled = kind === 'traffic-classifier'
  for await (const page of trainingFlows(database, { ...request, featureSetVersion: FEATURE_SET_VERSION, labelled })) {
    for (const flow of page) {
      // Packets of such a flow were only counted: nothing is to be learned from it.
      if (flow.features.every(Number.isNaN)) continue
      const isTaught = TEACHERS.includes(flow.classSource)
      if (!labelled || isTaught) yield { ...flow, class: isTaught ? flow.class : '' }
    }
  }
}

/** The span of the flows a job is about. Throws, with what to do, where there is none any more. */
export async function requireSpan(
  database: Database,
  { from, to }: { from?: string; to?: string },
): Promise<{ firstUs: number; lastUs: number }> {
  const span = await flowSpan(database, { from, to })
  if (span) return span
  const range = from === undefined && to === undefined ? 'at all' : `from ${from ?? 'the first'} to ${to ?? 'now'}`
  throw new Error(`no flow is stored ${range}: none came yet, or they were deleted meanwhile; choose another time`)
}

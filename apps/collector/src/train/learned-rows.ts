import type { ReferenceSample } from '@picket/ml/fitness'
import type { ModelKind } from '@picket/store'
import { isLearned } from '../fitness/host-rows.ts'
import type { PlacedRow } from './holdout.ts'

/** Below this neither model says more than chance. */
const MIN_FLOWS = 40

/** Passes the rows on and throws at their end when there were too few. */
export async function* enoughRows<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  let flows = 0
  for await (const row of rows) {
    flows += 1
    yield row
  }
  if (flows < MIN_FLOWS) {
    throw new Error(
      `only ${flows} usable flows in the chosen time, at least ${MIN_FLOWS} are needed; ` +
        'let the sensors run longer or choose a longer time',
    )
  }
}

/** Passes the rows on and shows those that are learned from to the reference. */
export async function* sampled(
  rows: AsyncIterable<PlacedRow>,
  kind: ModelKind,
  reference: ReferenceSample,
): AsyncGenerator<PlacedRow> {
  for await (const row of rows) {
    if (isLearned(kind, row.class)) reference.add(row.features, row.sensorId)
    yield row
  }
}

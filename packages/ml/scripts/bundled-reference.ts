import { FEATURE_COUNT } from '../src/features/index.ts'
import { describeParts, MIN_FITNESS_ROWS, type FeatureReference } from '../src/fitness/index.ts'
import type { CaseFlow } from './metered-cases.ts'
import { buildTrainingSet, toRows } from './training-set.ts'

/**
 * What a bundled model was trained on, by which a host is judged: the support is that of the training rows, copies included; what a host
 * may look like is each capture by its own flows, because copies with stretched times look like no host.
 */
export function bundledReference(learned: readonly CaseFlow[]): FeatureReference {
  const captures = Map.groupBy(learned, (flow) => flow.case)
  const parts = [...captures.keys()]
    .sort()
    .map((name) => captures.get(name) ?? [])
    .filter((flows) => flows.length >= MIN_FITNESS_ROWS)
    .map((flows) => toRows(flows).rows)
  return describeParts(buildTrainingSet(learned).rows, FEATURE_COUNT, parts)
}

import type { LabelledRows } from '../src/dataset/labelled-rows.ts'
import { RowCollector } from '../src/dataset/row-collector.ts'
import { FEATURE_COUNT, FEATURE_NAMES, STATISTIC_COUNT } from '../src/features/index.ts'
import { Jitter, type JitterOptions } from '../src/training/jitter.ts'
import { createRandom, sampleIndices, type Random } from '../src/training/random.ts'
import type { CaseFlow } from './metered-cases.ts'

/**
 * The captures come from one machine, where a round trip takes 50 us: copies with times up to 3,000 times as long stand for the
 * round trips of real networks.
 */
export const JITTER: JitterOptions = { stretch: [0.5, 3000], size: 0.15 }

/**
 * Rows each capture and class is brought to: a scan of 4,000 equal flows must not outweigh a video stream of two. Names and
 * network services are one group an application over all ordinary captures, which all hold the same few of them.
 */
export const ROWS_PER_GROUP = 150

export const SEED = 20261122

/** Original flows and jittered copies of them, ROWS_PER_GROUP a group. */
export function buildTrainingSet(flows: readonly CaseFlow[]): LabelledRows {
  const random = createRandom(SEED)
  // The rest of the sequence is read by none of these models: it stays what it is in the flow.
  const jitter = new Jitter(FEATURE_NAMES.slice(0, STATISTIC_COUNT), JITTER, random)
  const collector = new RowCollector(FEATURE_COUNT)
  const copy = new Float32Array(FEATURE_COUNT)
  for (const group of groups(flows)) {
    const chosen = pick(group, Math.min(group.length, ROWS_PER_GROUP), random)
    for (let i = 0; i < ROWS_PER_GROUP; i++) {
      const flow = chosen[i % chosen.length]
      copy.set(flow.features)
      if (i >= chosen.length) jitter.copy(flow.features, copy, 0)
      collector.add(copy, flow.label)
    }
  }
  return collector.finish(FEATURE_NAMES)
}

/** The flows as they are. */
export function toRows(flows: readonly CaseFlow[]): LabelledRows {
  const collector = new RowCollector(FEATURE_COUNT)
  for (const flow of flows) collector.add(flow.features, flow.label)
  return collector.finish(FEATURE_NAMES)
}

function groups(flows: readonly CaseFlow[]): CaseFlow[][] {
  const byKey = Map.groupBy(flows, (flow) =>
    flow.normal && flow.label === 'name-service' ? flow.application : `${flow.case} ${flow.label ?? ''}`,
  )
  return [...byKey.keys()].sort().map((key) => byKey.get(key) ?? [])
}

const pick = (group: CaseFlow[], count: number, random: Random): CaseFlow[] =>
  Array.from(sampleIndices(group.length, count, random), (i) => group[i])

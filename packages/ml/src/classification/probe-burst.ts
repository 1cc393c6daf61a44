import { ClassSource, type Flow } from '@picket/proto'
import { isFailedAttempt } from './failed-attempts.ts'
import type { Verdict } from './verdict.ts'

/** Failed attempts of one source, or towards one service, within a batch that together are a scan or a flood. */
const PROBES_OF_ONE_SOURCE = 20
const PROBES_OF_ONE_SERVICE = 50

/**
 * Flows of a batch that are part of a burst of failed attempts, with the verdict for each. One flow of a scan looks like any
 * refused connection; many together do not. Slow scans are left to the detectors, which remember longer than a batch.
 */
export function classifyProbeBursts(flows: readonly Flow[]): Map<Flow, Verdict> {
  const attempts = flows.filter(isFailedAttempt)
  if (attempts.length < PROBES_OF_ONE_SOURCE) return new Map()
  const bySource = Map.groupBy(attempts, (flow) => String(flow.sourceAddress))
  const byService = Map.groupBy(attempts, (flow) => `${flow.destinationAddress} ${flow.destinationPort}`)
  const bursts = [
    ...[...bySource.values()].filter((group) => group.length >= PROBES_OF_ONE_SOURCE),
    ...[...byService.values()].filter((group) => group.length >= PROBES_OF_ONE_SERVICE),
  ]
  const verdict: Verdict = { class: 'scan', confidence: 0.9, source: ClassSource.BEHAVIOUR, application: '' }
  return new Map(bursts.flat().map((flow) => [flow, verdict]))
}

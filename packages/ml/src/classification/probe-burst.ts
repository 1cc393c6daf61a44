import { ClassSource, type Flow } from '@picket/proto'
import type { Verdict } from './verdict.ts'

const TCP = 6

/** Failed attempts of one source, or towards one service, within a batch that together are a scan or a flood. */
const PROBES_OF_ONE_SOURCE = 20
const PROBES_OF_ONE_SERVICE = 50

/** A TCP connection attempt that came to nothing: a SYN, no payload either way, and no answer or a reset. */
export function isFailedAttempt(flow: Flow): boolean {
  const { forward, reverse } = flow
  if (flow.protocol !== TCP || !forward || forward.tcpSyn === 0 || forward.payloadOctets > 0) return false
  if (!reverse || reverse.packets === 0) return true
  return reverse.payloadOctets === 0 && (reverse.tcpRst > 0 || forward.tcpRst > 0)
}

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

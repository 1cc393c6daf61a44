import type { Flow, Records } from '@picket/proto'
import { formatAddress } from '@picket/store'
import type { AlertEvidence } from '@picket/store'
import { toFleetTime, type AlertRule, type RuleSource } from './rule.ts'
import { severityOfFinding } from './severity.ts'

const WINDOW_MS = 60_000
/** Flows of scans and floods are left out: findings name those better, and one cause must not be two alerts. */
const NAMED_BETTER = 'scan'
/** Distinct anomalous conversations of one source in a minute, over the whole fleet. */
const MIN_ANOMALOUS = 20
const MAX_COMMUNITY_IDS = 50
/** Conversations remembered of one source and minute; beyond that the window stands as it is. */
const MAX_SEEN = 1_000
/** Sources followed at once; when full, the one whose window began longest ago is forgotten. */
const MAX_SOURCES = 50_000

interface Window {
  startMs: number
  flows: number
  anomalous: number
  maxAnomaly: number
  /** The lowest threshold that one of them reached. */
  threshold: number
  /** Conversations counted already: two sensors on one path see the same one. */
  seen: Set<string>
  /** Sensors that saw anomalous ones, with the interface of the last. */
  sensors: Map<string, string>
  reported: boolean
}

/**
 * A burst is at least 20 distinct anomalous flows of one source within a minute, counted over all sensors by Community
 * ID, that are also ten times the share which the threshold alone lets through (at least a tenth, at most half). What is anomalous each
 * sensor says of each flow, by the threshold of its interface.
 */
export class BurstRule implements AlertRule {
  readonly #windows = new Map<string, Window>()

  observe(source: RuleSource, records: Records): AlertEvidence[] {
    const evidence: AlertEvidence[] = []
    for (const flow of records.flows) {
      const entity = formatAddress(flow.sourceAddress)
      if (flow.anomaly === undefined || entity === null || flow.class === NAMED_BETTER) continue
      const window = this.#windowOf(entity, toFleetTime(flow.endUs, source))
      count(window, source, flow)
      if (!window.reported && isBurst(window)) {
        window.reported = true
        evidence.push(...toEvidence(entity, window, toFleetTime(flow.endUs, source)))
      }
    }
    return evidence
  }

  #windowOf(entity: string, atMs: number): Window {
    const known = this.#windows.get(entity)
    if (known !== undefined && Math.abs(atMs - known.startMs) < WINDOW_MS) return known
    const window: Window = {
      startMs: atMs,
      flows: 0,
      anomalous: 0,
      maxAnomaly: 0,
      threshold: 1,
      seen: new Set(),
      sensors: new Map(),
      reported: false,
    }
    this.#windows.delete(entity)
    this.#windows.set(entity, window)
    if (this.#windows.size > MAX_SOURCES) this.#windows.delete(this.#windows.keys().next().value!)
    return window
  }
}

function count(window: Window, source: RuleSource, flow: Flow): void {
  if (window.reported || window.seen.size >= MAX_SEEN) return
  window.flows += 1
  if (flow.anomalyThreshold === undefined) return
  window.sensors.set(source.sensorId, flow.interface)
  if (window.seen.has(flow.communityId)) return
  window.seen.add(flow.communityId)
  window.anomalous += 1
  window.maxAnomaly = Math.max(window.maxAnomaly, flow.anomaly ?? 0)
  window.threshold = Math.min(window.threshold, flow.anomalyThreshold)
}

function isBurst(window: Window): boolean {
  const minShare = Math.min(0.5, Math.max(0.1, 10 * (1 - window.threshold)))
  return window.anomalous >= MIN_ANOMALOUS && window.anomalous / window.flows >= minShare
}

/** One piece of evidence a sensor that saw it, all on the same alert. */
function toEvidence(entity: string, window: Window, lastSeen: number): AlertEvidence[] {
  return [...window.sensors].map(([sensorId, interfaceName]) => ({
    rule: 'anomalous-burst',
    entity,
    severity: severityOfFinding('anomalous-burst', entity, window.anomalous / window.flows),
    title: `Unusual burst of traffic from ${entity}`,
    sensorId,
    interface: interfaceName,
    score: window.maxAnomaly,
    firstSeen: window.startMs,
    lastSeen,
    evidence: { anomalousFlows: window.anomalous, flows: window.flows, maxAnomaly: window.maxAnomaly },
    communityIds: [...window.seen].slice(0, MAX_COMMUNITY_IDS),
  }))
}

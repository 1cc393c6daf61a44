import type { TimeInput } from './common.ts'

export type AlertSeverity = 'critical' | 'high' | 'medium' | 'low' | 'info'
export type AlertState = 'open' | 'acknowledged' | 'closed'
export type AlertCloseReason = 'true-positive' | 'false-positive' | 'expected' | 'duplicate'

/** What one sensor's detector saw, as stored. */
export interface FindingRow {
  /** Unique in the sensor. */
  findingId: string
  sensorId: string
  hostname: string
  kind: string
  timeUs: number
  startUs: number
  interface: string
  entity: string
  target: string
  score: number
  summary: string
  /** Measured evidence, units in the names. */
  evidence: Record<string, number>
  communityIds: string[]
  techniqueId: string
  /** Alert it was counted on; null while none. */
  alertId: string | null
}

/** A finding to record that did not come in a batch (rules of the collector itself). */
export type NewFinding = Omit<FindingRow, 'hostname' | 'alertId'>

/** What a person is shown: findings of one rule about one entity, accumulated over time and hosts. */
export interface AlertRow {
  /** `A-<number>`. */
  id: string
  rule: string
  severity: AlertSeverity
  title: string
  entity: string
  /** Sensors that saw it. */
  sensorId: string[]
  /** Host names of those sensors, same order. */
  hostnames: string[]
  /** Interface of the last evidence. */
  interface: string
  /** Evidence counted so far. */
  count: number
  /** Highest score so far, 0 to 1. */
  score: number
  state: AlertState
  closeReason: AlertCloseReason | null
  closeNote: string
  /** Who acknowledged or closed it last; empty when nobody did. */
  actor: string
  /** Epoch milliseconds. */
  firstSeen: number
  lastSeen: number
  acknowledgedAt: number | null
  closedAt: number | null
  updatedAt: number
  /** Evidence of the last finding. */
  evidence: Record<string, unknown>
  /** Community IDs of flows that show it, latest 50. */
  communityIds: string[]
  /** ATT&CK technique; empty if none. */
  techniqueId: string
}

export interface AlertDetail extends AlertRow {
  /** Latest 100 findings. */
  findings: FindingRow[]
}

/** Evidence to count on an alert. */
export interface AlertEvidence {
  rule: string
  entity: string
  severity: AlertSeverity
  title: string
  sensorId: string
  interface?: string
  score: number
  /** When the evidence happened, first and last. `firstSeen` is `lastSeen` when absent. */
  firstSeen?: TimeInput
  lastSeen: TimeInput
  evidence?: Record<string, unknown>
  communityIds?: string[]
  techniqueId?: string
  /** Finding to link to the alert: its id in the sensor. */
  findingId?: string
}

/**
 * What became of evidence: `opened` a new alert, `updated` the open one, `muted` (counted on one that was closed as
 * expected or false-positive in the last 24 h), or `stale` (older than the closing of the last alert: counted there).
 */
export interface AlertOutcome {
  outcome: 'opened' | 'updated' | 'muted' | 'stale'
  alert: AlertRow
}

export interface AlertFilter {
  from?: TimeInput
  to?: TimeInput
  state?: AlertState | AlertState[]
  severity?: AlertSeverity | AlertSeverity[]
  rule?: string
  sensorId?: string
  entity?: string
  /** Part of title, entity, rule, or the id. */
  text?: string
}

export interface AlertCounts {
  open: number
  acknowledged: number
  closed: number
  /** Open ones by severity. */
  bySeverity: Record<AlertSeverity, number>
  total: number
}

/** What became of a change of state; `conflict` when the alert was not in a state that allows it. */
export type AlertChange = { ok: true; alert: AlertRow } | { ok: false; reason: 'not-found' | 'conflict' }

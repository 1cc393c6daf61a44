import type { AlertRow, AlertSeverity } from '@picket/store'
import { csvLine, type Cell } from './csv.ts'
import { prune, type EcsDocument } from './flow-ecs.ts'

const iso = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString()

/** ECS event.severity is a number; larger is worse. */
const SEVERITY_NUMBER: Record<AlertSeverity, number> = { critical: 90, high: 70, medium: 50, low: 30, info: 10 }

/** One alert with ECS field names, one line of NDJSON. */
export function toEcsAlert(alert: AlertRow): EcsDocument {
  return prune({
    '@timestamp': iso(alert.lastSeen),
    message: alert.title,
    event: {
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      id: alert.id,
      start: iso(alert.firstSeen),
      end: iso(alert.lastSeen),
      severity: SEVERITY_NUMBER[alert.severity],
      risk_score: Math.round(alert.score * 100),
    },
    rule: { name: alert.rule },
    threat: { technique: { id: alert.techniqueId ? [alert.techniqueId] : undefined } },
    observer: { hostname: alert.hostnames, ingress: { interface: { name: alert.interface } } },
    network: { community_id: alert.communityIds },
    picket: {
      alert: {
        severity: alert.severity,
        entity: alert.entity,
        count: alert.count,
        score: alert.score,
        state: alert.state,
        close_reason: alert.closeReason,
        close_note: alert.closeNote,
        actor: alert.actor,
        acknowledged: iso(alert.acknowledgedAt),
        closed: iso(alert.closedAt),
        evidence: alert.evidence as EcsDocument,
      },
    },
  })
}

const COLUMNS: readonly [name: string, cell: (alert: AlertRow) => Cell][] = [
  ['id', (alert) => alert.id],
  ['severity', (alert) => alert.severity],
  ['state', (alert) => alert.state],
  ['rule', (alert) => alert.rule],
  ['title', (alert) => alert.title],
  ['entity', (alert) => alert.entity],
  ['hosts', (alert) => alert.hostnames.join(' ')],
  ['interface', (alert) => alert.interface],
  ['count', (alert) => alert.count],
  ['score', (alert) => alert.score],
  ['first_seen', (alert) => iso(alert.firstSeen)],
  ['last_seen', (alert) => iso(alert.lastSeen)],
  ['technique', (alert) => alert.techniqueId],
  ['close_reason', (alert) => alert.closeReason],
  ['close_note', (alert) => alert.closeNote],
  ['actor', (alert) => alert.actor],
]

export const alertCsvHead = (): string => csvLine(COLUMNS.map(([name]) => name))
export const alertCsvLine = (alert: AlertRow): string => csvLine(COLUMNS.map(([, cell]) => cell(alert)))

import type { AlertFilter, AlertSeverity, AlertState } from '@picket/store'
import { SEVERITIES } from '../severity.ts'
import { parseMoment } from '../time-range.ts'
import { isUuid } from '../uuid.ts'

export type AlertTab = AlertState | 'all'

export const ALERT_TABS: readonly { key: AlertTab; title: string }[] = [
  { key: 'open', title: 'Open' },
  { key: 'acknowledged', title: 'Acknowledged' },
  { key: 'closed', title: 'Closed' },
  { key: 'all', title: 'All' },
]

/** What the alerts page is narrowed to; lives in the address bar. */
export interface AlertQuery {
  tab: AlertTab
  severities: AlertSeverity[]
  sensorId?: string
  rule?: string
  entity?: string
  text?: string
  /** Seen since: `now-24h` or another moment of the time range's language. */
  since?: string
}

export function parseAlertQuery(parameters: URLSearchParams): AlertQuery {
  const text = (name: string) => parameters.get(name)?.trim() || undefined
  const host = text('host')
  const since = text('from')
  return {
    tab: ALERT_TABS.find(({ key }) => key === parameters.get('state'))?.key ?? 'open',
    severities: SEVERITIES.filter((severity) => (parameters.get('sev') ?? '').split(',').includes(severity)),
    sensorId: host && isUuid(host) ? host : undefined,
    rule: text('rule'),
    entity: text('entity'),
    text: text('q'),
    since: since && parseMoment(since, Date.now()) !== undefined ? since : undefined,
  }
}

/** The parameters of a query, without what is at its default. */
export function alertParameters(query: AlertQuery): URLSearchParams {
  const parameters = new URLSearchParams()
  const put = (name: string, value: string | undefined) => value && parameters.set(name, value)
  put('state', query.tab === 'open' ? undefined : query.tab)
  put('sev', query.severities.join())
  put('host', query.sensorId)
  put('rule', query.rule)
  put('entity', query.entity)
  put('from', query.since)
  put('q', query.text)
  return parameters
}

/** A link within the alerts pages that keeps the query. */
export function alertsLink(query: AlertQuery, path = '/alerts'): string {
  const text = alertParameters(query).toString()
  return text ? `${path}?${text}` : path
}

export function toAlertFilter(query: AlertQuery, nowMs: number = Date.now()): AlertFilter {
  return {
    state: query.tab === 'all' ? undefined : query.tab,
    severity: query.severities.length > 0 ? query.severities : undefined,
    sensorId: query.sensorId,
    rule: query.rule,
    entity: query.entity,
    text: query.text,
    from: query.since ? parseMoment(query.since, nowMs) : undefined,
  }
}

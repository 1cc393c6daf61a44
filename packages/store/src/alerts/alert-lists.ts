import type { Queryable } from '../database.ts'
import { cutPage, decodeCursor, pageLimit } from '../query/page.ts'
import { containing, Where } from '../query/where.ts'
import { toTimestamp } from '../time.ts'
import type {
  AlertCounts,
  AlertDetail,
  AlertFilter,
  AlertRow,
  AlertSeverity,
  AlertState,
  FindingRow,
} from '../types/alerts.ts'
import type { Page, PageRequest } from '../types/common.ts'
import { ALERT_COLUMNS, alertNumber } from './alert-columns.ts'
import { FINDING_COLUMNS } from './findings.ts'

function alertWhere(filter: AlertFilter): Where {
  const where = new Where()
  if (filter.from !== undefined) where.add(`a.last_seen >= ${where.parameter(toTimestamp(filter.from))}`)
  if (filter.to !== undefined) where.add(`a.first_seen < ${where.parameter(toTimestamp(filter.to))}`)
  where.when(list(filter.state), (value) => `a.state = ANY (${value}::text[])`)
  where.when(list(filter.severity), (value) => `a.severity = ANY (${value}::text[])`)
  where.when(filter.rule, (value) => `a.rule = ${value}`)
  where.when(filter.entity, (value) => `a.entity = ${value}`)
  where.when(filter.sensorId, (value) => `a.sensor_ids::text[] @> ARRAY[${value}::text]`)
  const text = filter.text?.trim()
  if (text) {
    const pattern = where.parameter(containing(text))
    const number = where.parameter(alertNumber(text.toUpperCase()) ?? null)
    where.add(
      `(a.title ILIKE ${pattern} OR a.entity ILIKE ${pattern} OR a.rule ILIKE ${pattern} OR a.id = ${number}::bigint)`,
    )
  }
  return where
}

function list<Value extends string>(value: Value | Value[] | undefined): Value[] | undefined {
  return value === undefined ? undefined : ([value].flat() as Value[])
}

/** One page of alerts, last seen first. */
export async function listAlerts(
  db: Queryable,
  filter: AlertFilter = {},
  page: PageRequest = {},
): Promise<Page<AlertRow>> {
  const limit = pageLimit(page.limit)
  const where = alertWhere(filter)
  if (page.cursor) {
    const after = decodeCursor(page.cursor, 'seen')
    where.add(`(a.last_seen, a.id) < (from_us(${where.parameter(after.value)}::bigint), ${where.parameter(after.id)})`)
  }
  const { rows } = await db.query<AlertRow & { lastSeenUs: number }>(
    `SELECT ${ALERT_COLUMNS}, to_us(a.last_seen) AS "lastSeenUs" FROM alerts a
     WHERE ${where.sql} ORDER BY a.last_seen DESC, a.id DESC LIMIT ${where.parameter(limit + 1)}`,
    where.values,
  )
  const cut = cutPage(rows, limit, (row) => ({ sort: 'seen', value: row.lastSeenUs, id: Number(row.id.slice(2)) }))
  return { ...cut, rows: cut.rows.map(({ lastSeenUs: _lastSeenUs, ...row }) => row) }
}

/** One alert with its latest findings; undefined for an unknown id. */
export async function getAlert(db: Queryable, id: string): Promise<AlertDetail | undefined> {
  const number = alertNumber(id)
  if (number === undefined) return undefined
  const { rows } = await db.query<AlertRow>(`SELECT ${ALERT_COLUMNS} FROM alerts a WHERE a.id = $1`, [number])
  if (rows.length === 0) return undefined
  const findings = await db.query<FindingRow>(
    `SELECT ${FINDING_COLUMNS} FROM findings f LEFT JOIN sensors s ON s.id = f.sensor_id
     WHERE f.alert_id = $1 ORDER BY f.time DESC LIMIT 100`,
    [number],
  )
  return { ...rows[0], findings: findings.rows }
}

/** How many alerts there are by state, and the open ones by severity. */
export async function alertCounts(db: Queryable): Promise<AlertCounts> {
  const { rows } = await db.query<{ state: AlertState; severity: AlertSeverity; alerts: number }>(
    'SELECT state, severity, count(*) AS alerts FROM alerts GROUP BY 1, 2',
  )
  const counts: AlertCounts = {
    open: 0,
    acknowledged: 0,
    closed: 0,
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    total: 0,
  }
  for (const { state, severity, alerts } of rows) {
    counts[state] += alerts
    counts.total += alerts
    if (state === 'open') counts.bySeverity[severity] += alerts
  }
  return counts
}

/** All alerts of a filter, last seen first, in arrays of at most 500; each page is a query of its own. */
export async function* exportAlerts(db: Queryable, filter: AlertFilter = {}): AsyncGenerator<AlertRow[], void> {
  let cursor: string | undefined
  do {
    const page = await listAlerts(db, filter, { cursor, limit: 500 })
    if (page.rows.length > 0) yield page.rows
    cursor = page.nextCursor
  } while (cursor)
}

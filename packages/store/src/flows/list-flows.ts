import type { Queryable } from '../database.ts'
import { InvalidFilterError } from '../errors.ts'
import { cutPage, decodeCursor, pageLimit } from '../query/page.ts'
import type { Where } from '../query/where.ts'
import type { Page } from '../types/common.ts'
import type { AnomalyDetail, FlowDetail, FlowFilter, FlowPageRequest, FlowRow, FlowSort } from '../types/flows.ts'
import { FLOW_COLUMNS, fromStoredFlow, type StoredFlow } from './flow-row.ts'
import { flowWhere } from './flow-where.ts'

interface SortKey {
  column: string
  /** SQL of the cursor's value as the column's type. */
  cast: (placeholder: string) => string
  value: (row: FlowRow) => number
}

const SORTS: Record<FlowSort, SortKey> = {
  end: { column: 'end_time', cast: (value) => `from_us(${value}::bigint)`, value: (row) => row.endUs },
  start: { column: 'start_time', cast: (value) => `from_us(${value}::bigint)`, value: (row) => row.startUs },
  octets: { column: 'octets', cast: (value) => `${value}::bigint`, value: (row) => row.octets },
  anomaly: { column: 'anomaly', cast: (value) => `${value}::real`, value: (row) => row.anomaly ?? 0 },
}

/** One page of flows, latest or largest first. Sorted by anomaly, only scored flows are listed. */
export async function listFlows(db: Queryable, filter: FlowFilter, page: FlowPageRequest = {}): Promise<Page<FlowRow>> {
  return selectPage(db, await flowWhere(db, filter), page)
}

/** As `listFlows`, with the conditions of a filter that was looked up before. */
export async function selectPage(db: Queryable, where: Where, page: FlowPageRequest): Promise<Page<FlowRow>> {
  const limit = pageLimit(page.limit)
  const sort = page.sort ?? 'end'
  const key = SORTS[sort]
  if (!key) throw new InvalidFilterError(`sort: expected end, start, octets or anomaly, found ${String(sort)}`)
  if (sort === 'anomaly') where.add('f.anomaly IS NOT NULL')
  if (page.cursor) {
    const after = decodeCursor(page.cursor, sort)
    where.add(`(f.${key.column}, f.id) < (${key.cast(where.parameter(after.value))}, ${where.parameter(after.id)})`)
    if (sort === 'end') where.add(`f.end_time <= ${key.cast(where.parameter(after.value))}`)
  }
  // Where no index has the order, only the keys are sorted; the rows themselves are read for one page.
  const { rows } = await db.query<StoredFlow>(
    `SELECT ${FLOW_COLUMNS}
     FROM (SELECT f.end_time, f.id FROM flows f WHERE ${where.sql}
           ORDER BY f.${key.column} DESC, f.id DESC LIMIT ${where.parameter(limit + 1)}) AS chosen
     JOIN flows f ON f.end_time = chosen.end_time AND f.id = chosen.id
     LEFT JOIN sensors s ON s.id = f.sensor_id
     ORDER BY f.${key.column} DESC, f.id DESC`,
    where.values,
  )
  return cutPage(rows.map(fromStoredFlow), limit, (row) => ({ sort, value: key.value(row), id: row.id }))
}

/** One flow by its number. `endUs`, when the caller has it, spares looking through all days. */
export async function getFlow(db: Queryable, flow: { id: number; endUs?: number }): Promise<FlowDetail | undefined> {
  const hint = flow.endUs === undefined ? '' : ' AND f.end_time = from_us($2::bigint)'
  const { rows } = await db.query<StoredFlow & StoredDetail>(
    `SELECT ${FLOW_COLUMNS}, f.features, f.feature_set_version AS "featureSetVersion", f.anomaly_detail AS "anomalyDetail"
     FROM flows f LEFT JOIN sensors s ON s.id = f.sensor_id WHERE f.id = $1${hint} LIMIT 1`,
    flow.endUs === undefined ? [flow.id] : [flow.id, flow.endUs],
  )
  if (rows.length === 0) return undefined
  const { features, featureSetVersion, anomalyDetail, ...stored } = rows[0]
  return {
    ...fromStoredFlow(stored),
    features: (features ?? []).map((value) => (Number.isNaN(value) ? null : value)),
    featureSetVersion,
    anomalyDetail,
  }
}

interface StoredDetail {
  features: number[] | null
  featureSetVersion: number
  anomalyDetail: AnomalyDetail | null
}

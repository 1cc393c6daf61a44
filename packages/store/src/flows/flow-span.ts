import type { Queryable } from '../database.ts'
import { Where } from '../query/where.ts'
import { toTimestamp } from '../time.ts'
import type { TimeInput } from '../types/common.ts'

export interface SpanRequest {
  from?: TimeInput
  to?: TimeInput
  sensorId?: string
}

/** Ends of the first and the last stored flow within a time, epoch microseconds; undefined where there is none. */
export async function flowSpan(
  db: Queryable,
  range: SpanRequest = {},
): Promise<{ firstUs: number; lastUs: number } | undefined> {
  const where = whereOf(range)
  const endOf = (order: string) => `(SELECT end_time FROM flows WHERE ${where.sql} ORDER BY end_time ${order} LIMIT 1)`
  const { rows } = await db.query<{ firstUs: number | null; lastUs: number | null }>(
    `SELECT to_us(${endOf('ASC')}) AS "firstUs", to_us(${endOf('DESC')}) AS "lastUs"`,
    where.values,
  )
  const [{ firstUs, lastUs }] = rows
  return firstUs === null || lastUs === null ? undefined : { firstUs, lastUs }
}

/** Number of stored flows within a time. */
export async function countFlows(db: Queryable, range: SpanRequest = {}): Promise<number> {
  const where = whereOf(range)
  const { rows } = await db.query<{ flows: number }>(
    `SELECT count(*)::float8 AS flows FROM flows WHERE ${where.sql}`,
    where.values,
  )
  return rows[0].flows
}

function whereOf({ from, to, sensorId }: SpanRequest): Where {
  const where = new Where()
  const moment = (input: TimeInput | undefined) => (input === undefined ? undefined : toTimestamp(input))
  where.when(moment(from), (value) => `end_time >= ${value}`)
  where.when(moment(to), (value) => `end_time < ${value}`)
  where.when(sensorId, (value) => `sensor_id = ${value}::uuid`)
  return where
}

import type { Queryable } from '../database.ts'
import { toTimestamp } from '../time.ts'
import type { TimeInput } from '../types/common.ts'

/** Number of stored flows within a time, and ends of the first and the last, epoch microseconds; undefined where there is none. */
export async function flowSpan(
  db: Queryable,
  range: { from?: TimeInput; to?: TimeInput; sensorId?: string } = {},
): Promise<{ firstUs: number; lastUs: number; flows: number } | undefined> {
  const moment = (input: TimeInput | undefined) => (input === undefined ? null : toTimestamp(input))
  const { rows } = await db.query<{ firstUs: number | null; lastUs: number | null; flows: number }>(
    `SELECT to_us(min(end_time)) AS "firstUs", to_us(max(end_time)) AS "lastUs", count(*)::float8 AS flows FROM flows
     WHERE end_time >= coalesce($1::timestamptz, '-infinity') AND end_time < coalesce($2::timestamptz, 'infinity')
       AND ($3::uuid IS NULL OR sensor_id = $3)`,
    [moment(range.from), moment(range.to), range.sensorId ?? null],
  )
  const [{ firstUs, lastUs, flows }] = rows
  return firstUs === null || lastUs === null ? undefined : { firstUs, lastUs, flows }
}

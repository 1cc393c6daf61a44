import type { Queryable } from '../database.ts'
import { toEpochMs, toTimestamp } from '../time.ts'
import type { TimeRange } from '../types/common.ts'
import type { ClassShareRow } from '../types/samples.ts'

const HOURS_FROM_MS = 48 * 3_600_000

/** Octets and flows by class and application in a range, most octets first, at most 200. */
export async function classShares(db: Queryable, range: TimeRange & { sensorId?: string }): Promise<ClassShareRow[]> {
  const view = toEpochMs(range.to) - toEpochMs(range.from) > HOURS_FROM_MS ? 'flow_hours' : 'flow_minutes'
  const { rows } = await db.query<ClassShareRow>(
    `SELECT class, application, sum(flows) AS flows, sum(octets) AS octets, sum(packets) AS packets
     FROM ${view} WHERE bucket >= time_bucket(interval '1 minute', $1::timestamptz) AND bucket < $2::timestamptz
       AND ($3::text IS NULL OR sensor_id::text = $3)
     GROUP BY 1, 2 ORDER BY octets DESC, class, application LIMIT 200`,
    [toTimestamp(range.from), toTimestamp(range.to), range.sensorId ?? null],
  )
  return rows
}

import type { Queryable } from '../database.ts'
import { pageLimit } from '../query/page.ts'
import { toTimestamp } from '../time.ts'
import type { TimeRange } from '../types/common.ts'
import type { GapRequest, GapRow, GapTotals } from '../types/samples.ts'

/** Coverage gaps that ended in the range, latest first. */
export async function listGaps(db: Queryable, request: GapRequest): Promise<GapRow[]> {
  const { rows } = await db.query<GapRow>(
    `SELECT g.sensor_id AS "sensorId", coalesce(s.hostname, g.sensor_id::text) AS hostname, g.source, g.interface, g.cause,
       to_us(g.start_time) AS "startUs", to_us(g.time) AS "endUs", g.packets, g.flows, g.octets, g.times
     FROM coverage_gaps g LEFT JOIN sensors s ON s.id = g.sensor_id
     WHERE g.time >= $1 AND g.time < $2 AND ($3::text IS NULL OR g.sensor_id::text = $3)
     ORDER BY g.time DESC LIMIT $4`,
    [toTimestamp(request.from), toTimestamp(request.to), request.sensorId ?? null, pageLimit(request.limit)],
  )
  return rows
}

/** What was lost in the range, in all and by cause (most flows, then packets, first). */
export async function gapTotals(db: Queryable, request: TimeRange & { sensorId?: string }): Promise<GapTotals> {
  const { rows } = await db.query<GapTotals['byCause'][number]>(
    `SELECT source, cause, count(*) AS gaps, sum(packets) AS packets, sum(flows) AS flows, sum(octets) AS octets, coalesce(sum(times), 0)::bigint AS times,
       sum(to_us(time) - to_us(start_time))::bigint AS "durationUs"
     FROM coverage_gaps WHERE time >= $1 AND time < $2 AND ($3::text IS NULL OR sensor_id::text = $3)
     GROUP BY source, cause ORDER BY flows DESC, packets DESC, source, cause`,
    [toTimestamp(request.from), toTimestamp(request.to), request.sensorId ?? null],
  )
  const total = (column: 'gaps' | 'packets' | 'flows' | 'octets') => rows.reduce((sum, row) => sum + row[column], 0)
  return {
    gaps: total('gaps'),
    packets: total('packets'),
    flows: total('flows'),
    octets: total('octets'),
    byCause: rows,
  }
}

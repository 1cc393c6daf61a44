import type { Queryable } from '../database.ts'
import { bucketsOf } from '../query/buckets.ts'
import { Where } from '../query/where.ts'
import type { HealthRow, HealthSeries, SeriesRequest } from '../types/samples.ts'

/** The newest probe round of each target within the last hour, by host, role and target. */
export async function latestHealth(db: Queryable, filter: { sensorId?: string } = {}): Promise<HealthRow[]> {
  const { rows } = await db.query<HealthRow>(
    `SELECT DISTINCT ON (hostname, m.sensor_id, m.role, m.target, m.method, m.interface)
       m.sensor_id AS "sensorId", coalesce(s.hostname, m.sensor_id::text) AS hostname, to_us(m.time) AS "timeUs",
       m.interface, m.role, m.target, m.method, m.sent, m.received,
       m.rtt_min_us AS "rttMinUs", m.rtt_mean_us AS "rttMeanUs", m.rtt_max_us AS "rttMaxUs"
     FROM health_samples m LEFT JOIN sensors s ON s.id = m.sensor_id
     WHERE m.time > now() - interval '1 hour' AND ($1::text IS NULL OR m.sensor_id::text = $1)
     ORDER BY hostname, m.sensor_id, m.role, m.target, m.method, m.interface, m.time DESC`,
    [filter.sensorId ?? null],
  )
  return rows
}

interface BucketRow extends Omit<HealthSeries, 't' | 'stepSeconds' | 'rttMeanUs' | 'rttMaxUs' | 'lossShare'> {
  i: number
  rttMeanUs: number | null
  rttMaxUs: number | null
  lossShare: number | null
}

/** Latency and loss over time, one series a target; null where it was not probed. */
export async function healthSeries(db: Queryable, request: SeriesRequest): Promise<HealthSeries[]> {
  const buckets = bucketsOf(request, { points: request.points })
  const where = new Where([buckets.from, buckets.to])
  where.when(request.sensorId, (value) => `sensor_id = ${value}::uuid`)
  const { rows } = await db.query<BucketRow>(
    `SELECT sensor_id AS "sensorId", interface, role, target, method, ${buckets.indexOf('time')} AS i,
       round(sum(rtt_mean_us * received) / nullif(sum(CASE WHEN rtt_mean_us IS NULL THEN 0 ELSE received END), 0))::float8 AS "rttMeanUs",
       max(rtt_max_us) AS "rttMaxUs", 1 - sum(received)::float8 / nullif(sum(sent), 0) AS "lossShare"
     FROM health_samples WHERE time >= $1 AND time < $2 AND ${where.sql}
     GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 3, 4, 5, 2, 6`,
    where.values,
  )
  const series = new Map<string, HealthSeries>()
  for (const { i, rttMeanUs, rttMaxUs, lossShare, ...target } of rows) {
    const key = JSON.stringify(target)
    const one = series.get(key) ?? {
      ...target,
      stepSeconds: buckets.stepSeconds,
      t: buckets.t,
      rttMeanUs: buckets.column(),
      rttMaxUs: buckets.column(),
      lossShare: buckets.column(),
    }
    series.set(key, one)
    if (i < 0 || i >= buckets.t.length) continue
    one.rttMeanUs[i] = rttMeanUs
    one.rttMaxUs[i] = rttMaxUs
    one.lossShare[i] = lossShare
  }
  return [...series.values()]
}

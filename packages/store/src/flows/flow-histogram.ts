import type { Queryable } from '../database.ts'
import { bucketsOf, type Buckets } from '../query/buckets.ts'
import { Where } from '../query/where.ts'
import type { FlowFilter, FlowHistogram } from '../types/flows.ts'
import { flowWhere, isAggregated } from './flow-where.ts'

interface BucketRow {
  i: number
  flows: number
  octets: number
  maxAnomaly: number | null
}

/** Flows over time by their end, in at most about `points` buckets (120 when absent). */
export async function flowHistogram(db: Queryable, filter: FlowFilter, points = 120): Promise<FlowHistogram> {
  const buckets = bucketsOf(filter, { points, aggregated: isAggregated(filter) })
  const rows =
    buckets.resolution === 'raw' ? await countRaw(db, filter, buckets) : await countAggregated(db, filter, buckets)
  const histogram: FlowHistogram = {
    stepSeconds: buckets.stepSeconds,
    t: buckets.t,
    flows: buckets.t.map(() => 0),
    octets: buckets.t.map(() => 0),
    maxAnomaly: buckets.column(),
  }
  for (const { i, flows, octets, maxAnomaly } of rows) {
    if (i < 0 || i >= buckets.t.length) continue
    histogram.flows[i] = flows
    histogram.octets[i] = octets
    histogram.maxAnomaly[i] = maxAnomaly
  }
  return histogram
}

async function countRaw(db: Queryable, filter: FlowFilter, buckets: Buckets): Promise<BucketRow[]> {
  const where = await flowWhere(db, filter)
  const { rows } = await db.query<BucketRow>(
    `SELECT ${buckets.indexOf('f.end_time')} AS i, count(*) AS flows, sum(f.octets) AS octets, max(f.anomaly) AS "maxAnomaly"
     FROM flows f WHERE ${where.sql} GROUP BY 1`,
    where.values,
  )
  return rows
}

async function countAggregated(db: Queryable, filter: FlowFilter, buckets: Buckets): Promise<BucketRow[]> {
  const where = new Where([buckets.from, buckets.to])
  where.when(filter.sensorId || undefined, (value) => `sensor_id::text = ${value}`)
  where.when(filter.interface || undefined, (value) => `interface = ${value}`)
  where.when(filter.class || undefined, (value) => `class = ${value}`)
  where.when(filter.application || undefined, (value) => `application = ${value}`)
  const { rows } = await db.query<BucketRow>(
    `SELECT ${buckets.indexOf('bucket')} AS i, sum(flows) AS flows, sum(octets) AS octets, max(max_anomaly) AS "maxAnomaly"
     FROM flow_${buckets.resolution} WHERE bucket >= $1 AND bucket < $2 AND ${where.sql} GROUP BY 1`,
    where.values,
  )
  return rows
}

import type { Queryable } from '../database.ts'

/** What the aggregates know of the flows of one interface. */
export interface ScoredInterface {
  sensorId: string
  hostname: string
  interface: string
  /** Scored flows, scans left out. */
  flows: number
  /** From the first minute with one to the last. */
  days: number
}

/** Flows of one interface whose anomalies are close to one another. */
export interface TailBin {
  sensorId: string
  interface: string
  /** The lowest of their anomalies. */
  low: number
  flows: number
  /** Of these, those that reach the threshold that was asked for. */
  fixed: number
}

/** Bins of anomaly, a hundred a decade of its distance from 1: float32 tells no more than seven decades apart. */
const BIN = `floor(-100 * log(greatest(1 - anomaly::float8, 1e-7)))`

/** Every interface with scored flows in the last days, of sensors that are not retired; out of the aggregates, however many flows there are. */
export async function scoredInterfaces(db: Queryable, days: number): Promise<ScoredInterface[]> {
  const { rows } = await db.query<ScoredInterface>(
    `WITH hours AS (
       SELECT sensor_id, interface, sum(flows)::float8 AS flows, min(bucket) AS first, max(bucket) AS last FROM flow_hours
       WHERE bucket >= now() - $1 * interval '1 day' AND class <> 'scan' AND max_anomaly IS NOT NULL GROUP BY 1, 2
     )
     SELECT s.id AS "sensorId", s.hostname, interface, flows, extract(epoch FROM
       (SELECT max(bucket) + interval '1 minute' FROM flow_minutes m WHERE m.sensor_id = hours.sensor_id AND m.interface = hours.interface
          AND m.class <> 'scan' AND bucket >= hours.last AND bucket < hours.last + interval '1 hour')
       - (SELECT min(bucket) FROM flow_minutes m WHERE m.sensor_id = hours.sensor_id AND m.interface = hours.interface
          AND m.class <> 'scan' AND bucket >= hours.first AND bucket < hours.first + interval '1 hour'))::float8 / 86400 AS days
     FROM hours JOIN sensors s ON s.id = sensor_id WHERE s.state <> 'retired'`,
    [days],
  )
  return rows
}

/** Flows of the last days with an anomaly of `floor` and more, scans left out, the rarest first. */
export async function anomalyTails(
  db: Queryable,
  { days, floor, threshold }: { days: number; floor: number; threshold: number },
): Promise<TailBin[]> {
  const { rows } = await db.query<TailBin>(
    `SELECT sensor_id AS "sensorId", interface, min(anomaly) AS low, count(*)::float8 AS flows,
       (count(*) FILTER (WHERE anomaly >= $3::real))::float8 AS fixed
     FROM flows WHERE end_time >= now() - $1 * interval '1 day' AND anomaly >= $2::real AND class <> 'scan'
     GROUP BY sensor_id, interface, ${BIN} ORDER BY low DESC`,
    [days, floor, threshold],
  )
  return rows
}

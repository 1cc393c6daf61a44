import type { Queryable } from '../database.ts'
import type { InterfaceThreshold, ThresholdRequest } from '../types/flows.ts'

/** Days of flows looked at, and hours of them an interface must have before a day is told from them. */
const DAYS = 7
const LEAST_HOURS = 1

/** Bins of anomaly, a hundred a decade of its distance from 1: float32 tells no more than seven decades apart. */
const BIN = `floor(-100 * log(greatest(1 - anomaly::float8, 1e-7)))`

/**
 * By interface of every sensor that is not retired: the threshold that so many anomalies a day come to, and how many flows of the last week
 * reached it. Wanted are `aDay` flows of each sensor, evenly among its interfaces, as sensors solve it themselves, scans left out.
 * An interface with less than an hour of scored flows, and all of them where `aDay` is 0, has the `threshold` given. Those of which most
 * would have been told come first.
 */
export async function anomalyThresholds(db: Queryable, request: ThresholdRequest): Promise<InterfaceThreshold[]> {
  const { rows } = await db.query<InterfaceThreshold>(
    `WITH bins AS (
       SELECT sensor_id, interface, ${BIN} AS bin, count(*) AS flows, count(*) FILTER (WHERE anomaly >= $3::real) AS fixed,
         min(anomaly) AS low, min(end_time) AS first_end, max(end_time) AS last_end
       FROM flows WHERE end_time >= now() - $1 * interval '1 day' AND anomaly IS NOT NULL AND class <> 'scan'
       GROUP BY sensor_id, interface, bin
     ), tails AS (
       SELECT sensor_id, interface, low, sum(flows) OVER (PARTITION BY sensor_id, interface ORDER BY bin DESC) AS reached FROM bins
     ), seen AS (
       SELECT sensor_id, interface, sum(flows) AS flows, sum(fixed) AS fixed,
         extract(epoch FROM max(last_end) - min(first_end)) / 86400 AS days,
         count(*) OVER (PARTITION BY sensor_id) AS interfaces
       FROM bins GROUP BY sensor_id, interface
     ), solved AS (
       SELECT seen.*, $2::float8 > 0 AND days * 24 >= ${LEAST_HOURS} AS is_solved, tail.low, tail.reached
       FROM seen LEFT JOIN LATERAL (
         SELECT min(low) AS low, max(reached) AS reached FROM tails t
         WHERE t.sensor_id = seen.sensor_id AND t.interface = seen.interface AND reached <= $2::float8 / interfaces * days
       ) tail ON true
     )
     SELECT s.id AS "sensorId", s.hostname, interface, flows::float8, days::float8, is_solved AS "isSolved",
       CASE WHEN is_solved THEN low ELSE $3::real END AS threshold,
       CASE WHEN is_solved THEN coalesce(reached, 0) ELSE fixed END::float8 AS fired
     FROM solved JOIN sensors s ON s.id = sensor_id WHERE s.state <> 'retired'
     ORDER BY fired DESC, s.hostname, s.id, interface`,
    [DAYS, request.aDay, request.threshold],
  )
  return rows
}

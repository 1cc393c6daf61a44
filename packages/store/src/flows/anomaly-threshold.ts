import type { Queryable } from '../database.ts'

/** Days of flows that a threshold is solved over at most, and hours there must be. */
const DAYS = 7
const LEAST_HOURS = 1

/** A threshold over the whole fleet with what it was solved over. */
export interface SolvedThreshold {
  /** The anomaly that so many flows a day reached. */
  threshold: number
  /** Scored flows a day. */
  flowsADay: number
  /** Days of flows it was solved over, at most 7. */
  days: number
}

/**
 * The anomaly that `aDay` stored flows a day reached in the last week, scans left out: what a threshold set to it would have told.
 * Undefined with less than an hour of scored flows, or fewer flows than were asked for.
 */
export async function anomalyThresholdFor(db: Queryable, aDay: number): Promise<SolvedThreshold | undefined> {
  const { rows } = await db.query<{ flows: number; days: number | null }>(
    `SELECT count(*) AS flows, (extract(epoch FROM max(end_time) - min(end_time)) / 86400)::float8 AS days
     FROM flows WHERE end_time >= now() - $1 * interval '1 day' AND anomaly IS NOT NULL AND class <> 'scan'`,
    [DAYS],
  )
  const { flows, days } = rows[0]
  if (days === null || days * 24 < LEAST_HOURS) return undefined
  const rank = Math.max(1, Math.round(aDay * days))
  if (rank > flows) return undefined
  const ranked = await db.query<{ anomaly: number }>(
    `SELECT anomaly FROM flows WHERE end_time >= now() - $1 * interval '1 day' AND anomaly IS NOT NULL AND class <> 'scan'
     ORDER BY anomaly DESC OFFSET $2 LIMIT 1`,
    [DAYS, rank - 1],
  )
  return { threshold: ranked.rows[0].anomaly, flowsADay: flows / days, days }
}

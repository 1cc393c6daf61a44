import type { Queryable } from '../database.ts'
import { flowSpan } from './flow-span.ts'
import type { TrainingRequest } from '../types/flows.ts'
import { toTimestamp } from '../time.ts'

/** Stretches that a time is cut into where it holds too many flows, of each of which a part is looked at. */
const SLICES = 48

/** Epoch microseconds, the end not included. */
export interface TimeSlice {
  fromUs: number
  toUs: number
}

/**
 * Stretches of the time asked for that hold about `most` of its flows: all of it where it has no more, else equal parts of equal stretches,
 * so that each flow is in them with the same chance. Which parts depends on the seed. Empty where there is no flow.
 */
export async function timeSlices(db: Queryable, request: TrainingRequest, most: number): Promise<TimeSlice[]> {
  const span = await flowSpan(db, request)
  if (!span) return []
  const fromUs = span.firstUs
  const toUs = span.lastUs + 1
  const share = most / (await countByHours(db, request, span))
  if (!(share < 1)) return [{ fromUs, toUs }]
  const stretch = (toUs - fromUs) / SLICES
  const offset = (1 - share) * ((Math.abs(request.seed) * 0.618_033_988_75) % 1)
  return Array.from({ length: SLICES }, (_, i) => ({
    fromUs: Math.floor(fromUs + stretch * (i + offset)),
    toUs: Math.floor(fromUs + stretch * (i + offset + share)),
  }))
}

/** By the aggregate of the hours that the span touches. */
async function countByHours(
  db: Queryable,
  { sensorId }: TrainingRequest,
  span: { firstUs: number; lastUs: number },
): Promise<number> {
  const { rows } = await db.query<{ flows: number }>(
    `SELECT coalesce(sum(flows), 0)::float8 AS flows FROM flow_hours
     WHERE bucket >= time_bucket(interval '1 hour', $1::timestamptz) AND bucket <= $2 AND ($3::uuid IS NULL OR sensor_id = $3)`,
    [toTimestamp(span.firstUs / 1000), toTimestamp(span.lastUs / 1000), sensorId ?? null],
  )
  return rows[0].flows
}

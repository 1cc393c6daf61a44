import type { Queryable } from '../database.ts'
import { Where } from '../query/where.ts'
import type { TrainingFlow, TrainingRequest } from '../types/flows.ts'
import { classSourceName } from './flow-row.ts'
import { timeSlices, type TimeSlice } from './time-slices.ts'

const ROWS_A_CHUNK = 2000
/** Flows looked at for every one that is drawn, at most: a draw of a few must not read a store of millions while somebody waits. */
const LOOKED_AT = 4

/**
 * Flows with features to train on, in the order of time, in arrays of at most 2,000. When there are more than `limit`, the draw is uniform
 * and depends on the seed alone: each id has its place in an order made of the seed. Where there are more than four times as many, they are drawn
 * from parts of the time, evenly spread, that hold so many. Throws when `limit` is not positive.
 */
export async function* trainingFlows(db: Queryable, request: TrainingRequest): AsyncGenerator<TrainingFlow[], void> {
  const ids = await drawIds(db, request)
  for (let at = 0; at < ids.length; at += ROWS_A_CHUNK) {
    const chunk = ids.slice(at, at + ROWS_A_CHUNK)
    const rows = await readRows(db, chunk, request)
    if (rows.length > 0) yield rows
  }
}

interface DrawnFlow {
  id: number
  endUs: number
}

interface DrawnFlow {
  id: number
  endUs: number
}

/** In the order of time, so that those of a chunk lie close together. */
async function drawIds(db: Queryable, request: TrainingRequest): Promise<DrawnFlow[]> {
  if (!Number.isInteger(request.limit) || request.limit < 1)
    throw new Error(`limit: expected a positive number, found ${request.limit}`)
  const slices = await timeSlices(db, request, LOOKED_AT * request.limit)
  if (slices.length === 0) return []
  const where = new Where([Math.trunc(request.seed)])
  where.when(request.featureSetVersion, (value) => `feature_set_version = ${value}`)
  where.when(request.sensorId, (value) => `sensor_id = ${value}::uuid`)
  if (request.labelled) where.add(`class <> '' AND class_source > 0`)
  const flowsOf = ({ fromUs, toUs }: TimeSlice) =>
    `SELECT id, end_time FROM flows WHERE end_time >= from_us(${fromUs}) AND end_time < from_us(${toUs}) AND ${where.sql}`
  const { rows } = await db.query<DrawnFlow>(
    `SELECT id, to_us(end_time) AS "endUs" FROM (
       SELECT id, end_time FROM (${slices.map(flowsOf).join(' UNION ALL ')}) AS looked_at
       ORDER BY hashint8extended(id, $1::bigint), id LIMIT ${where.parameter(request.limit)}
     ) drawn ORDER BY end_time, id`,
    where.values,
  )
  return rows
}

type StoredRow = Omit<TrainingFlow, 'features' | 'classSource'> & { features: number[]; classSource: number }

/**
 * Reads the stretch of time of these flows once and keeps them: where it is compressed, a flow by itself would cost as much as the
 * thousand that are packed with it.
 */
async function readRows(db: Queryable, drawn: DrawnFlow[], { sensorId }: TrainingRequest): Promise<TrainingFlow[]> {
  const where = new Where([drawn.map((row) => row.id), drawn[0].endUs, drawn[drawn.length - 1].endUs])
  where.when(sensorId, (value) => `f.sensor_id = ${value}::uuid`)
  const { rows } = await db.query<StoredRow>(
    `SELECT f.id, f.features, f.class, f.class_source AS "classSource", f.sensor_id AS "sensorId", to_us(f.end_time) AS "endUs"
     FROM flows f WHERE f.end_time >= from_us($2::bigint) AND f.end_time <= from_us($3::bigint) AND f.id = ANY ($1::bigint[])
       AND f.features IS NOT NULL AND ${where.sql}
     ORDER BY f.end_time, f.id`,
    where.values,
  )
  return rows.map((row) => ({
    ...row,
    features: Float32Array.from(row.features),
    classSource: classSourceName(row.classSource),
  }))
}

import type { Queryable } from '../database.ts'
import { Where } from '../query/where.ts'
import { toTimestamp } from '../time.ts'
import type { TimeInput } from '../types/common.ts'
import type { TrainingFlow, TrainingRequest } from '../types/flows.ts'
import { classSourceName } from './flow-row.ts'

const ROWS_A_CHUNK = 2000

/**
 * Flows with features to train on, in arrays of at most 2,000. When there are more than `limit`, the draw is uniform
 * and depends on the seed alone: each id has its place in an order made of the seed. Throws when `limit` is not positive.
 */
export async function* trainingFlows(db: Queryable, request: TrainingRequest): AsyncGenerator<TrainingFlow[], void> {
  const ids = await drawIds(db, request)
  for (let at = 0; at < ids.length; at += ROWS_A_CHUNK) {
    const chunk = ids.slice(at, at + ROWS_A_CHUNK)
    const rows = await readRows(db, chunk)
    if (rows.length > 0) yield rows
  }
}

interface DrawnFlow {
  id: number
  endUs: number
}

async function drawIds(db: Queryable, request: TrainingRequest): Promise<DrawnFlow[]> {
  if (!Number.isInteger(request.limit) || request.limit < 1)
    throw new Error(`limit: expected a positive number, found ${request.limit}`)
  const where = new Where([Math.trunc(request.seed)])
  where.add('features IS NOT NULL')
  where.when(request.featureSetVersion, (value) => `feature_set_version = ${value}`)
  where.when(moment(request.from), (value) => `end_time >= ${value}`)
  where.when(moment(request.to), (value) => `end_time < ${value}`)
  where.when(request.sensorId, (value) => `sensor_id = ${value}::uuid`)
  if (request.labelled) where.add(`class <> '' AND class_source > 0`)
  const { rows } = await db.query<DrawnFlow>(
    `SELECT id, to_us(end_time) AS "endUs" FROM flows WHERE ${where.sql}
     ORDER BY hashint8extended(id, $1::bigint), id LIMIT ${where.parameter(request.limit)}`,
    where.values,
  )
  return rows
}

type StoredRow = Omit<TrainingFlow, 'features' | 'classSource'> & { features: number[]; classSource: number }

const moment = (input: TimeInput | undefined) => (input === undefined ? undefined : toTimestamp(input))

async function readRows(db: Queryable, drawn: DrawnFlow[]): Promise<TrainingFlow[]> {
  const { rows } = await db.query<StoredRow>(
    `SELECT f.id, f.features, f.class, f.class_source AS "classSource", f.sensor_id AS "sensorId", to_us(f.end_time) AS "endUs"
     FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS drawn(id, end_us, place)
     JOIN flows f ON f.end_time = from_us(drawn.end_us) AND f.id = drawn.id
     ORDER BY drawn.place`,
    [drawn.map((row) => row.id), drawn.map((row) => row.endUs)],
  )
  return rows.map((row) => ({
    ...row,
    features: Float32Array.from(row.features),
    classSource: classSourceName(row.classSource),
  }))
}

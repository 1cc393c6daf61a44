import type { Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { toTimestamp } from '../time.ts'
import type { FitnessRow, NewFitness } from '../types/models.ts'

/** Keeps how a model fits a host, in place of what was judged before; nothing when the sensor or the model is unknown. */
export async function recordFitness(db: Queryable, fitness: NewFitness): Promise<void> {
  await db.query(
    `INSERT INTO model_fitness (sensor_id, model_id, verdict, reason, flows, changed_share, outside_share, features, shadow, stepped_back, judged_at)
     SELECT s.id, m.id, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($11::timestamptz, now()) FROM sensors s, models m WHERE s.id = $1 AND m.id = $2
     ON CONFLICT (sensor_id, model_id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason, flows = excluded.flows,
       changed_share = excluded.changed_share, outside_share = excluded.outside_share, features = excluded.features,
       shadow = excluded.shadow, stepped_back = excluded.stepped_back, judged_at = excluded.judged_at`,
    [
      fitness.sensorId,
      fitness.modelId,
      fitness.verdict,
      clean.text(fitness.reason, clean.SENTENCE_LENGTH),
      fitness.flows,
      fitness.changedShare,
      fitness.outsideShare,
      JSON.stringify(fitness.features),
      fitness.shadow === null ? null : JSON.stringify(fitness.shadow),
      fitness.steppedBack,
      fitness.judgedAt === undefined ? null : toTimestamp(fitness.judgedAt),
    ],
  )
}

/** How models fit hosts, by model and host; retired hosts left out. */
export async function listFitness(db: Queryable, modelIds: readonly string[]): Promise<FitnessRow[]> {
  const { rows } = await db.query<FitnessRow>(
    `SELECT f.sensor_id AS "sensorId", s.hostname, f.model_id AS "modelId", f.verdict, f.reason, f.flows,
       f.changed_share AS "changedShare", f.outside_share AS "outsideShare", f.features, f.shadow, f.stepped_back AS "steppedBack", f.judged_at AS "judgedAt"
     FROM model_fitness f JOIN sensors s ON s.id = f.sensor_id
     WHERE s.state <> 'retired' AND f.model_id = ANY ($1::text[]) ORDER BY f.model_id, s.hostname, s.id`,
    [modelIds],
  )
  return rows
}

/** On which hosts which models are ready, and on which they stepped back, with the reason. */
export async function fitPairs(db: Queryable): Promise<FitPair[]> {
  const { rows } = await db.query<FitPair>(
    `SELECT sensor_id AS "sensorId", model_id AS "modelId", stepped_back AS "steppedBack", reason FROM model_fitness
     WHERE verdict = 'ready' OR stepped_back`,
  )
  return rows
}

export interface FitPair {
  sensorId: string
  modelId: string
  /** It is to be taken out of use there; else it is ready. */
  steppedBack: boolean
  reason: string
}

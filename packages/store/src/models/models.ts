import type { Database, Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { toTimestamp } from '../time.ts'
import type { ModelKind, ModelRow, ModelState, ModelStatusRow, NewModel } from '../types/models.ts'

const SELECT = `SELECT m.id, m.kind, m.state, m.feature_set_version AS "featureSetVersion", m.feature_set_hash AS "featureSetHash",
    m.metrics, m.lineage, m.threshold, m.classes, m.size_bytes AS "sizeBytes", m.sha256, m.signature, m.path,
    m.trained_at AS "trainedAt", m.created_at AS "createdAt", m.created_by AS "createdBy",
    (SELECT jsonb_build_object('downloaded', count(*) FILTER (WHERE r.state = 'downloaded'),
       'active', count(*) FILTER (WHERE r.state = 'active'), 'refused', count(*) FILTER (WHERE r.state = 'refused'),
       'failed', count(*) FILTER (WHERE r.state = 'failed')) FROM model_status r WHERE r.model_id = m.id) AS sensors
  FROM models m`

/** Registers a model whose archive is on disk already. Registering the same id again changes nothing. */
export async function registerModel(db: Queryable, model: NewModel): Promise<ModelRow> {
  await db.query(
    `INSERT INTO models (id, kind, state, feature_set_version, feature_set_hash, metrics, lineage, threshold, classes, size_bytes,
       sha256, signature, path, trained_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING`,
    [
      model.id,
      model.kind,
      model.state ?? 'candidate',
      model.featureSetVersion,
      model.featureSetHash,
      JSON.stringify(model.metrics),
      JSON.stringify(model.lineage),
      model.threshold ?? null,
      model.classes ?? [],
      model.sizeBytes,
      model.sha256,
      model.signature,
      model.path,
      toTimestamp(model.trainedAt),
      model.createdBy,
    ],
  )
  return (await getModel(db, model.id))!
}

/** Models, newest first. */
export async function listModels(
  db: Queryable,
  filter: { kind?: ModelKind; state?: ModelState } = {},
): Promise<ModelRow[]> {
  const { rows } = await db.query<ModelRow>(
    `${SELECT} WHERE ($1::text IS NULL OR m.kind = $1) AND ($2::text IS NULL OR m.state = $2)
     ORDER BY m.created_at DESC, m.id LIMIT 500`,
    [filter.kind ?? null, filter.state ?? null],
  )
  return rows
}

export async function getModel(db: Queryable, id: string): Promise<ModelRow | undefined> {
  const { rows } = await db.query<ModelRow>(`${SELECT} WHERE m.id = $1`, [id])
  return rows[0]
}

/** Sets a model's state. Of a kind one is active: making another active retires the one before. */
export function setModelState(db: Database, id: string, state: ModelState): Promise<ModelRow | undefined> {
  return db.transaction(async (tx) => {
    if (state === 'active') {
      await tx.query(
        `UPDATE models SET state = 'retired' WHERE state = 'active' AND id <> $1 AND kind = (SELECT kind FROM models WHERE id = $1)`,
        [id],
      )
    }
    await tx.query('UPDATE models SET state = $2 WHERE id = $1', [id, state])
    return getModel(tx, id)
  })
}

/**
 * Notes what a sensor said about a model; nothing when the sensor or the model is unknown. One that is in use replaces the one of its
 * kind that was.
 */
export async function recordModelStatus(
  db: Database,
  sensorId: string,
  modelId: string,
  state: string,
  detail = '',
): Promise<void> {
  await db.transaction(async (tx) => {
    if (state === 'active') await tx.query(REPLACE, [sensorId, clean.text(modelId, clean.NAME_LENGTH)])
    await tx.query(
    `INSERT INTO model_status (sensor_id, model_id, state, detail)
     SELECT s.id, m.id, $3, $4 FROM sensors s, models m WHERE s.id = $1 AND m.id = $2
     ON CONFLICT (sensor_id, model_id) DO UPDATE SET state = excluded.state, detail = excluded.detail, updated_at = now()`,
    [
      sensorId,
      clean.text(modelId, clean.NAME_LENGTH),
      clean.text(state, clean.KEYWORD_LENGTH),
      clean.text(detail, clean.SENTENCE_LENGTH),
    ],
    )
  })
}

const REPLACE = `UPDATE model_status r SET state = 'replaced', updated_at = now() FROM models m
  WHERE r.sensor_id = $1 AND r.state = 'active' AND r.model_id <> $2 AND m.id = r.model_id
    AND m.kind = (SELECT kind FROM models WHERE id = $2)`

/** Keeps how the flows that a sensor scored lie to what its models learned from; nothing of models it never reported. */
export async function recordModelSupport(
  db: Queryable,
  sensorId: string,
  support: readonly { modelId: string; flows: number; outside: number }[],
): Promise<void> {
  if (support.length === 0) return
  await db.query(
    `UPDATE model_status r SET flows = given.flows, outside = least(given.outside, given.flows)
     FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS given(model_id, flows, outside)
     WHERE r.sensor_id = $1 AND r.model_id = given.model_id`,
    [
      sensorId,
      support.map(({ modelId }) => clean.text(modelId, clean.NAME_LENGTH)),
      support.map(({ flows }) => flows),
      support.map(({ outside }) => outside),
    ],
  )
}

/** What sensors said about models, by model and host. */
export async function listModelStatus(db: Queryable, modelId?: string): Promise<ModelStatusRow[]> {
  const { rows } = await db.query<ModelStatusRow>(
    `SELECT r.sensor_id AS "sensorId", s.hostname, r.model_id AS "modelId", r.state, r.detail, r.updated_at AS "updatedAt",
       r.flows, r.outside
     FROM model_status r JOIN sensors s ON s.id = r.sensor_id
     WHERE $1::text IS NULL OR r.model_id = $1 ORDER BY r.model_id, s.hostname, s.id`,
    [modelId ?? null],
  )
  return rows
}

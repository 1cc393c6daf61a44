import type { Database, Queryable } from '../database.ts'
import type { NewRollout, RolloutRow } from '../types/models.ts'

const SELECT = `SELECT r.id, r.model_id AS "modelId", m.kind, r.stage, r.sensor_ids AS "sensorIds", r.labels,
    r.created_by AS "createdBy", r.created_at AS "createdAt", r.ended_at AS "endedAt"
  FROM rollouts r JOIN models m ON m.id = r.model_id`

/** Offers a model to sensors; the rollout of the same kind and stage before ends. Throws for an unknown model. */
export function createRollout(db: Database, rollout: NewRollout): Promise<RolloutRow> {
  const stage = rollout.stage ?? 'all'
  return db.transaction(async (tx) => {
    await tx.query(
      `UPDATE rollouts r SET ended_at = now() FROM models m WHERE m.id = r.model_id AND r.ended_at IS NULL AND r.stage = $2
         AND m.kind = (SELECT kind FROM models WHERE id = $1)`,
      [rollout.modelId, stage],
    )
    const inserted = await tx.query<{ id: number }>(
      'INSERT INTO rollouts (model_id, stage, sensor_ids, labels, created_by) VALUES ($1, $2, $3, $4, $5) RETURNING id',
      [rollout.modelId, stage, rollout.sensorIds ?? [], JSON.stringify(rollout.labels ?? {}), rollout.createdBy],
    )
    const { rows } = await tx.query<RolloutRow>(`${SELECT} WHERE r.id = $1`, [inserted.rows[0].id])
    return rows[0]
  })
}

/** Rollouts, newest first; those in force only when asked for. */
export async function listRollouts(db: Queryable, filter: { current?: boolean } = {}): Promise<RolloutRow[]> {
  const { rows } = await db.query<RolloutRow>(
    `${SELECT} WHERE NOT $1 OR r.ended_at IS NULL ORDER BY r.id DESC LIMIT 500`,
    [filter.current ?? false],
  )
  return rows
}

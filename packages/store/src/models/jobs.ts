import { randomUUID } from 'node:crypto'
import type { Database, Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import type { JobChange, JobRow, NewJob } from '../types/models.ts'

/** Lines kept of a job's log. */
const MAX_LINES = 500

const COLUMNS = `j.id, j.kind, j.state, j.progress, j.params, j.result, j.error, j.created_by AS "createdBy",
  j.created_at AS "createdAt", j.started_at AS "startedAt", j.finished_at AS "finishedAt"`

type StoredJob = Omit<JobRow, 'log'>

/** Makes a queued job. */
export async function createJob(db: Queryable, job: NewJob): Promise<JobRow> {
  const { rows } = await db.query<StoredJob>(
    `INSERT INTO jobs AS j (id, kind, params, created_by) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
    [job.id ?? randomUUID(), job.kind, JSON.stringify(job.params ?? {}), job.createdBy],
  )
  return { ...rows[0], log: [] }
}

/** Changes a job: starting sets its start, ending its end. Undefined for an unknown job. */
export function updateJob(db: Database, id: string, change: JobChange): Promise<JobRow | undefined> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE jobs SET state = coalesce($2::text, state), progress = coalesce($3::real, progress),
         result = coalesce($4::jsonb, result), error = coalesce($5::text, error),
         started_at = CASE WHEN $2 = 'running' THEN coalesce(started_at, now()) ELSE started_at END,
         finished_at = CASE WHEN $2 IN ('completed', 'failed', 'cancelled') THEN now() WHEN $2 IS NULL THEN finished_at END
       WHERE id::text = $1`,
      [
        id,
        change.state ?? null,
        change.progress ?? null,
        change.result ? JSON.stringify(change.result) : null,
        change.error === undefined ? null : clean.text(change.error, 5000),
      ],
    )
    if (rowCount === 0) return undefined
    await addLines(tx, id, change.log === undefined ? [] : [change.log].flat())
    return getJob(tx, id)
  })
}

async function addLines(tx: Queryable, id: string, lines: string[]): Promise<void> {
  if (lines.length === 0) return
  const stored = lines.slice(-MAX_LINES).map((line) => clean.text(line, 2000))
  await tx.query(
    `INSERT INTO job_lines (job_id, line) SELECT $1::uuid, line FROM unnest($2::text[]) WITH ORDINALITY AS given(line, place) ORDER BY place`,
    [id, stored],
  )
  await tx.query(
    `DELETE FROM job_lines WHERE job_id = $1::uuid AND id <= (
       SELECT id FROM job_lines WHERE job_id = $1::uuid ORDER BY id DESC OFFSET ${MAX_LINES} LIMIT 1)`,
    [id],
  )
}

/** Jobs, newest first, without their logs. */
export async function listJobs(db: Queryable, filter: { kind?: string; limit?: number } = {}): Promise<JobRow[]> {
  const { rows } = await db.query<StoredJob>(
    `SELECT ${COLUMNS} FROM jobs j WHERE $1::text IS NULL OR j.kind = $1 ORDER BY j.created_at DESC, j.id LIMIT $2`,
    [filter.kind ?? null, Math.min(500, Math.max(1, Math.trunc(filter.limit ?? 100)))],
  )
  return rows.map((row) => ({ ...row, log: [] }))
}

/** One job with its log; undefined for an unknown id. */
export async function getJob(db: Queryable, id: string): Promise<JobRow | undefined> {
  const { rows } = await db.query<StoredJob>(`SELECT ${COLUMNS} FROM jobs j WHERE j.id::text = $1`, [id])
  if (rows.length === 0) return undefined
  const log = await db.query<JobRow['log'][number]>('SELECT time, line FROM job_lines WHERE job_id = $1 ORDER BY id', [
    rows[0].id,
  ])
  return { ...rows[0], log: log.rows }
}

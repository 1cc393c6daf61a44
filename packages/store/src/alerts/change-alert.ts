import type { Database, Queryable } from '../database.ts'
import { text } from '../query/clean.ts'
import { recordAudit } from '../settings/audit.ts'
import type { AlertChange, AlertCloseReason, AlertRow, AlertState } from '../types/alerts.ts'
import { ALERT_COLUMNS, alertNumber } from './alert-columns.ts'

/** Says that somebody looks after an open alert. */
export function acknowledgeAlert(db: Database, id: string, actor: string): Promise<AlertChange> {
  const assignment = `state = 'acknowledged', acknowledged_at = now(), actor = $2`
  return change(db, { id, actor, action: 'alert.acknowledge', from: ['open'], assignment })
}

/** Closes an alert with a reason. */
export function closeAlert(
  db: Database,
  id: string,
  actor: string,
  reason: AlertCloseReason,
  note = '',
): Promise<AlertChange> {
  const assignment = `state = 'closed', closed_at = now(), close_reason = $3, close_note = $4, actor = $2`
  const from: AlertState[] = ['open', 'acknowledged']
  const stored = text(note, 2000)
  return change(db, {
    id,
    actor,
    action: 'alert.close',
    from,
    assignment,
    values: [reason, stored],
    detail: { reason, note: stored },
  })
}

/** Opens a closed or acknowledged alert again. A conflict when another alert of the same rule and entity is open. */
export function reopenAlert(db: Database, id: string, actor: string): Promise<AlertChange> {
  const assignment = `state = 'open', closed_at = NULL, close_reason = NULL, close_note = '', acknowledged_at = NULL, actor = $2`
  const alone = `NOT EXISTS (SELECT FROM alerts other WHERE other.rule = a.rule AND other.entity = a.entity
    AND other.state <> 'closed' AND other.id <> a.id)`
  return change(db, { id, actor, action: 'alert.reopen', from: ['closed', 'acknowledged'], assignment, alone })
}

interface Change {
  id: string
  actor: string
  action: string
  from: AlertState[]
  /** SQL with `$2` the actor, `$3` and on the values. */
  assignment: string
  values?: unknown[]
  detail?: Record<string, unknown>
  /** SQL of a further condition. */
  alone?: string
}

function change(
  db: Database,
  { id, actor, assignment, values = [], alone = 'true', ...rest }: Change,
): Promise<AlertChange> {
  const number = alertNumber(id)
  if (number === undefined) return Promise.resolve({ ok: false, reason: 'not-found' })
  return db.transaction(async (tx) => {
    const states = `$${values.length + 3}::text[]`
    const { rows } = await tx.query<AlertRow>(
      `UPDATE alerts a SET ${assignment}, updated_at = now() WHERE id = $1 AND state = ANY (${states}) AND ${alone} RETURNING ${ALERT_COLUMNS}`,
      [number, text(actor, 255), ...values, rest.from],
    )
    if (rows.length === 0) return { ok: false, reason: (await exists(tx, number)) ? 'conflict' : 'not-found' }
    await recordAudit(tx, { actor, action: rest.action, subject: id, detail: rest.detail })
    return { ok: true, alert: rows[0] }
  })
}

async function exists(tx: Queryable, number: number): Promise<boolean> {
  return (await tx.query('SELECT FROM alerts WHERE id = $1', [number])).rowCount > 0
}

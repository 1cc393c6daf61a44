import { acknowledgeAlert, closeAlert, reopenAlert, type AlertChange, type AlertCloseReason } from '@picket/store'
import { z } from 'zod'
import type { ActionContext } from './context.ts'

const closeSchema = z.object({
  reason: z.enum(['true-positive', 'false-positive', 'expected', 'duplicate'], 'Choose a reason'),
  note: z.string().trim().max(2000, 'At most 2,000 characters').default(''),
})

export interface CloseMistakes {
  reason?: string
  note?: string
}

/** Reads the closing form; mistakes by field. */
export function parseClose(
  form: FormData,
): { ok: true; reason: AlertCloseReason; note: string } | { ok: false; mistakes: CloseMistakes } {
  const parsed = closeSchema.safeParse({
    reason: form.get('reason') ?? undefined,
    note: form.get('note') ?? undefined,
  })
  if (parsed.success) return { ok: true, ...parsed.data }
  const { fieldErrors } = z.flattenError(parsed.error)
  return { ok: false, mistakes: { reason: fieldErrors.reason?.[0], note: fieldErrors.note?.[0] } }
}

export async function acknowledge(context: ActionContext, id: string): Promise<AlertChange> {
  return tell(context, await acknowledgeAlert(context.database, id, context.actor))
}

export async function close(
  context: ActionContext,
  id: string,
  decision: { reason: AlertCloseReason; note: string },
): Promise<AlertChange> {
  return tell(context, await closeAlert(context.database, id, context.actor, decision.reason, decision.note))
}

export async function reopen(context: ActionContext, id: string): Promise<AlertChange> {
  return tell(context, await reopenAlert(context.database, id, context.actor))
}

/** Every open page shows the change; the store wrote it into the audit trail. */
async function tell({ publish }: ActionContext, change: AlertChange): Promise<AlertChange> {
  if (change.ok) await publish({ type: 'alert', alert: change.alert })
  return change
}

/** What a refused change says to the person who asked for it. */
export const changeRefusal = (reason: 'not-found' | 'conflict'): string =>
  reason === 'not-found'
    ? 'This alert is not in the store any more'
    : 'Somebody else changed this alert meanwhile: this is how it stands now'

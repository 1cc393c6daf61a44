import { createToken, recordAudit, revokeToken, type Labels, type TokenRow } from '@picket/store'
import { z } from 'zod'
import { createEnrolmentToken } from '../enrolment-token.ts'
import { parseLabels } from '../../sensors/labels.ts'
import type { ActionContext } from './context.ts'

/** How long a token may wait for its host, minutes. */
export const TTL_MINUTES = [15, 60, 8 * 60, 24 * 60, 7 * 24 * 60] as const

const ttlSchema = z.coerce
  .number()
  .refine((minutes) => TTL_MINUTES.some((allowed) => allowed === minutes), 'Choose how long the token is valid')

export interface TokenForm {
  minutes: number
  labels: Labels
}

export function parseTokenForm(
  form: FormData,
): { ok: true; value: TokenForm } | { ok: false; mistakes: Record<string, string> } {
  const mistakes: Record<string, string> = {}
  const minutes = ttlSchema.safeParse(form.get('minutes'))
  if (!minutes.success) mistakes.minutes = minutes.error.issues[0]?.message ?? 'Choose how long the token is valid'
  const labels = parseLabels(String(form.get('labels') ?? ''))
  if (!labels.ok) mistakes.labels = labels.mistake
  if (!minutes.success || !labels.ok) return { ok: false, mistakes }
  return { ok: true, value: { minutes: minutes.data, labels: labels.labels } }
}

/** Makes a token and gives its text, the only time it can be read; the store and the audit trail never see it. */
export async function issueToken(
  { database, command, actor }: ActionContext,
  fingerprint: string,
  { minutes, labels }: TokenForm,
): Promise<{ text: string; token: TokenRow }> {
  const { text, secretHash } = createEnrolmentToken(fingerprint)
  const expiresAt = Date.now() + minutes * 60_000
  const token = await createToken(database, { secretHash, createdBy: actor, expiresAt, labels })
  await recordAudit(database, {
    actor,
    action: 'token.create',
    subject: `token ${token.id}`,
    detail: { minutes, labels },
  })
  await command({ type: 'token-created' })
  return { text, token }
}

/** Whether the token was open until now. */
export async function withdrawToken({ database, actor }: ActionContext, id: number): Promise<boolean> {
  const revoked = Boolean(await revokeToken(database, id))
  if (revoked) await recordAudit(database, { actor, action: 'token.revoke', subject: `token ${id}` })
  return revoked
}

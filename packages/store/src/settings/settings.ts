import { z } from 'zod'
import type { Database, Queryable } from '../database.ts'
import { InvalidFilterError } from '../errors.ts'
import type { Settings, SettingsPatch, SettingsRow } from '../types/settings.ts'
import { recordAudit } from './audit.ts'
import { applyRetention } from './retention.ts'
import { settingsSchema } from './settings-schema.ts'

interface StoredSettings {
  revision: number
  patch: SettingsPatch
  updatedAt: number
  updatedBy: string
}

const SELECT = `SELECT revision, patch, updated_at AS "updatedAt", updated_by AS "updatedBy" FROM settings`

/** Settings in force. Only what somebody changed is stored, so a newer version's defaults reach old databases. */
export async function getSettings(db: Queryable): Promise<SettingsRow> {
  const { rows } = await db.query<StoredSettings>(SELECT)
  const { patch, ...row } = rows[0]
  // What an older version allowed may be out of bounds now; then the defaults hold until somebody sets it anew.
  const parsed = settingsSchema.safeParse(patch)
  return { ...(parsed.success ? parsed.data : settingsSchema.parse({})), ...row }
}

/**
 * Changes settings, raises the revision, writes the audit trail and sets the retention jobs, in one transaction.
 * Throws `InvalidFilterError` that names each wrong setting.
 */
export function updateSettings(db: Database, change: SettingsPatch, actor: string): Promise<SettingsRow> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<StoredSettings>(`${SELECT} FOR UPDATE`)
    const merged = {
      ...rows[0].patch,
      ...change,
      retentionDays: { ...rows[0].patch.retentionDays, ...change.retentionDays },
    }
    const settings = parseSettings(merged)
    await tx.query('UPDATE settings SET patch = $1, revision = revision + 1, updated_at = now(), updated_by = $2', [
      JSON.stringify(merged),
      actor,
    ])
    await applyRetention(tx, settings.retentionDays)
    await recordAudit(tx, { actor, action: 'settings.update', subject: 'settings', detail: { ...change } })
    return getSettings(tx)
  })
}

function parseSettings(candidate: unknown): Settings {
  const parsed = settingsSchema.safeParse(candidate)
  if (parsed.success) return parsed.data
  throw new InvalidFilterError(z.prettifyError(parsed.error))
}

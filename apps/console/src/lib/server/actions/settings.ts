import { getSettings, updateSettings, type SettingsPatch, type SettingsRow } from '@picket/store'
import { changedSettings } from '../../settings/form.ts'
import type { ActionContext } from './context.ts'

/** Stores what changed (the store audits it) and tells the collector, which tells the sensors. */
export async function saveSettings(
  { database, command, actor }: ActionContext,
  wanted: SettingsPatch,
): Promise<{ settings: SettingsRow; changed: number }> {
  const before = await getSettings(database)
  const { patch, changed } = changedSettings(before, wanted)
  if (changed === 0) return { settings: before, changed }
  const settings = await updateSettings(database, patch, actor)
  await command({ type: 'settings-changed' })
  return { settings, changed }
}

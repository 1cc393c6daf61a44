import { getSettings } from '@picket/store'
import { fail } from '@sveltejs/kit'
import { actionContext } from '#lib/server/actions/context.ts'
import { saveSettings } from '#lib/server/actions/settings.ts'
import { database } from '#lib/server/services.ts'
import { parseSettingsForm, settingsToForm } from '#lib/settings/form.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async () => {
  const settings = await getSettings(database())
  return {
    values: settingsToForm(settings),
    revision: settings.revision,
    updatedAt: settings.updatedAt,
    updatedBy: settings.updatedBy,
  }
}

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const context = actionContext(locals)
    const parsed = parseSettingsForm(await request.formData())
    if (!parsed.ok) return fail(400, { mistakes: parsed.mistakes, values: parsed.values })
    const { settings, changed } = await saveSettings(context, parsed.patch)
    return { revision: settings.revision, changed }
  },
}

import { getAlert, listAudit, type AlertChange } from '@picket/store'
import { error, fail } from '@sveltejs/kit'
import { acknowledge, changeRefusal, close, parseClose, reopen } from '#lib/server/actions/alerts.ts'
import { actionContext } from '#lib/server/actions/context.ts'
import { explainedFlow } from '#lib/server/explained-flow.ts'
import { database } from '#lib/server/services.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ params, depends }) => {
  depends(`picket:alert:${params.id}`)
  const alert = await getAlert(database(), params.id)
  if (!alert) error(404, `There is no alert ${params.id}`)
  const history = await listAudit(database(), { subject: alert.id }, { limit: 50 })
  return { alert, history: history.rows, explained: await explainedFlow(database(), alert) }
}

const answer = (change: AlertChange) =>
  change.ok
    ? { changed: true }
    : fail(change.reason === 'not-found' ? 404 : 409, { message: changeRefusal(change.reason) })

export const actions: Actions = {
  acknowledge: async ({ locals, params }) => answer(await acknowledge(actionContext(locals), params.id)),
  reopen: async ({ locals, params }) => answer(await reopen(actionContext(locals), params.id)),
  close: async ({ locals, params, request }) => {
    const decision = parseClose(await request.formData())
    if (!decision.ok) return fail(400, { mistakes: decision.mistakes })
    return answer(await close(actionContext(locals), params.id, decision))
  },
}

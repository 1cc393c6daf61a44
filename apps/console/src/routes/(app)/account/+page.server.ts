import { fail } from '@sveltejs/kit'
import { changePassword, endOtherSessions, listSessions } from '#lib/server/account.ts'
import { copyCookies } from '#lib/server/session.ts'
import type { Actions, PageServerLoad } from './$types'

const SHORTEST = 12

export const load: PageServerLoad = async ({ request, locals }) => ({
  sessions: await listSessions(request.headers, locals.session?.id),
})

export const actions: Actions = {
  password: async ({ request, cookies }) => {
    const form = await request.formData()
    const [current, next, again] = ['current', 'next', 'again'].map((name) => String(form.get(name) ?? ''))
    if (!current || !next) return fail(400, { message: 'Enter the current and the new password.' })
    if (next.length < SHORTEST) return fail(400, { message: `The new password needs at least ${SHORTEST} characters.` })
    if (next !== again) return fail(400, { message: 'The two new passwords differ.' })
    const result = await changePassword(request.headers, current, next)
    if (!result.ok) return fail(400, { message: result.message })
    copyCookies(result.headers, cookies)
    return { done: 'The password was changed and all other sessions ended.' }
  },
  sessions: async ({ request }) => {
    await endOtherSessions(request.headers)
    return { done: 'All other sessions were ended.' }
  },
}

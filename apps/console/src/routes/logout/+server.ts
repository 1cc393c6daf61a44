import { redirect } from '@sveltejs/kit'
import { auth } from '#lib/server/services.ts'
import { copyCookies } from '#lib/server/session.ts'
import type { RequestHandler } from './$types'

/** Ends the session in the database, so a copy of the cookie is worth nothing afterwards. */
export const POST: RequestHandler = async ({ request, cookies }) => {
  const { headers } = await auth().api.signOut({ headers: request.headers, returnHeaders: true })
  copyCookies(headers, cookies)
  redirect(303, '/login')
}

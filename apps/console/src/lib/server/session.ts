import type { Cookies, RequestEvent } from '@sveltejs/kit'
import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies'
import { auth } from './services.ts'

/** Fills locals.user and locals.session from the session cookie, and renews the cookie when the session was extended. */
export async function loadSession(event: RequestEvent): Promise<void> {
  if (!event.request.headers.has('cookie')) return
  const { response, headers } = await auth().api.getSession({ headers: event.request.headers, returnHeaders: true })
  if (!response) return
  copyCookies(headers, event.cookies)
  event.locals.user = { id: response.user.id, email: response.user.email, name: response.user.name }
  event.locals.session = { id: response.session.id, expiresAt: response.session.expiresAt }
}

/** Carries the cookies better-auth wants to set over to SvelteKit's response. */
export function copyCookies(headers: Headers, cookies: Cookies): void {
  for (const header of headers.getSetCookie()) {
    for (const [name, cookie] of parseSetCookieHeader(header)) {
      cookies.set(name, cookie.value, { ...toCookieOptions(cookie), path: cookie.path ?? '/' })
    }
  }
}

import { error, json, redirect, type RequestEvent } from '@sveltejs/kit'
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit/hooks'
import { isPublicRoute } from '#lib/server/public-routes.ts'
import { securityHeaders } from '#lib/server/security-headers.ts'
import { startServices } from '#lib/server/services.ts'
import { loadSession } from '#lib/server/session.ts'
import { parseTheme, THEME_COOKIE } from '#lib/theme.ts'

export const init: ServerInit = startServices

/** Default deny: without a session only the routes of public-routes.ts answer; pages redirect, endpoints say 401. */
export const handle: Handle = async ({ event, resolve }) => {
  event.locals.theme = parseTheme(event.cookies.get(THEME_COOKIE))
  refuseForeignOrigin(event)
  await loadSession(event)
  if (!event.locals.user && !isPublicRoute(event.route.id)) return refuse(event)

  const response = await resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%picket.theme%', event.locals.theme),
  })
  for (const [name, value] of securityHeaders(event.url)) response.headers.set(name, value)
  if (event.locals.user && !response.headers.has('cache-control'))
    response.headers.set('cache-control', 'private, no-store')
  return response
}

/** SameSite=Lax keeps the cookie from cross-site posts; this also refuses those of a sibling site. */
function refuseForeignOrigin(event: RequestEvent): void {
  if (event.request.method === 'GET' || event.request.method === 'HEAD') return
  const origin = event.request.headers.get('origin')
  if (origin !== null && origin !== event.url.origin) error(403, 'Request from another site')
}

function refuse(event: RequestEvent): Response {
  const wantsPage = event.isDataRequest || event.request.headers.get('accept')?.includes('text/html') === true
  if (!wantsPage || event.url.pathname.startsWith('/api/')) {
    return json({ error: 'Sign in first' }, { status: 401, headers: securityHeaders(event.url) })
  }
  const next = event.url.pathname + event.url.search
  const location = next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`
  if (event.isDataRequest) redirect(303, location) // SvelteKit writes it the way its client reads it
  return new Response(null, { status: 303, headers: [['location', location], ...securityHeaders(event.url)] })
}

export const handleError: HandleServerError = ({ kind, error: caught, event }) => {
  if (kind !== 'unknown') return
  const text = caught instanceof Error ? (caught.stack ?? caught.message) : String(caught)
  process.stderr.write(
    `${JSON.stringify({ level: 50, time: Date.now(), msg: 'request failed', method: event.request.method, route: event.route.id, error: text })}\n`,
  )
  return { message: 'The console could not read its data. Its log has the reason.' }
}

import { error } from '@sveltejs/kit'
import { parseLiveRequest } from '#lib/server/live-request.ts'
import { missedBefore } from '#lib/server/missed-before.ts'
import { liveStream, liveStreamCounters } from '#lib/server/live-stream.ts'
import { auth, liveFeed, redis } from '#lib/server/services.ts'
import { sessionWatch } from '#lib/server/session-watch.ts'
import type { RequestHandler } from './$types'

/** Tabs of one console process; each costs a socket and a subscription. */
const MAX_STREAMS = 500

/** The live feed as server-sent events: `?types=alert,sensor`, resumed after `Last-Event-ID` or `after`. */
export const GET: RequestHandler = async ({ request, url }) => {
  const wanted = parseLiveRequest(url, request.headers)
  if (!wanted.ok) error(400, wanted.mistake)
  if (liveStreamCounters.opened - liveStreamCounters.closed >= MAX_STREAMS)
    error(503, `${MAX_STREAMS} live streams are open already`)

  const { types, after } = wanted
  const { feed, stopping } = liveFeed()
  const missed = after !== undefined && (await missedBefore(redis(), after))
  const signedIn = async () => (await auth().api.getSession({ headers: request.headers })) !== null
  const signal = AbortSignal.any([stopping, request.signal, sessionWatch(signedIn, request.signal)])
  const body = liveStream({ subscribe: (...args) => feed.subscribe(...args), types, after, missed, signal })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform', // no-transform: a compressed stream would be held back
      'x-accel-buffering': 'no',
    },
  })
}

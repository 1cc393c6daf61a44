import type { LiveType } from './live-stream.ts'

/** Every type of the feed; the type says when one is missing here. */
const LIVE_TYPES: Record<LiveType, true> = {
  interfaces: true,
  host: true,
  flows: true,
  alert: true,
  sensor: true,
  job: true,
  model: true,
  gap: true,
}

export type LiveRequest = { ok: true; types: ReadonlySet<LiveType>; after?: string } | { ok: false; mistake: string }

const isLiveType = (text: string): text is LiveType => Object.hasOwn(LIVE_TYPES, text)

/** What a stream is asked for. The browser's own `Last-Event-ID` wins over `after`, which the page sets on a new stream. */
export function parseLiveRequest(url: URL, headers: Headers): LiveRequest {
  const asked = (url.searchParams.get('types') ?? '').split(',').filter(Boolean)
  const types = asked.filter(isLiveType)
  if (types.length === 0 || types.length < asked.length)
    return { ok: false, mistake: `types: expected some of ${Object.keys(LIVE_TYPES).join()}, found ${asked.join()}` }
  const after = headers.get('last-event-id') ?? url.searchParams.get('after') ?? ''
  if (after === '') return { ok: true, types: new Set(types) }
  if (!/^\d{1,15}-\d{1,10}$/.test(after)) return { ok: false, mistake: 'after: expected the id of an event' }
  return { ok: true, types: new Set(types), after }
}

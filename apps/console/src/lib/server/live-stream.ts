import type { LiveEntry, LiveEvent } from '@picket/store/live'

export type LiveType = LiveEvent['type']

/** Subscribes to the feed after an id, or from now on; returns how to end it. */
export type Subscribe = (listener: (entry: LiveEntry) => void, after?: string) => () => void

export interface LiveStreamOptions {
  subscribe: Subscribe
  types: ReadonlySet<LiveType>
  after?: string
  /** The feed no longer holds what came after `after`: the page must read its data anew. */
  missed?: boolean
  signal: AbortSignal
  heartbeatMs?: number
}

const HEARTBEAT_MS = 5000
/** Events waiting for a slow reader before its stream is ended; it comes back and reads its page anew. */
const MAX_WAITING = 500

/** What happened to streams of this process, for its log and tests. */
export const liveStreamCounters = { opened: 0, closed: 0, tooSlow: 0 }

// An event goes to many tabs and is written out once.
const encoder = new TextEncoder()
const encoded = new WeakMap<LiveEntry, Uint8Array>()

export function encodeEntry(entry: LiveEntry): Uint8Array {
  const known = encoded.get(entry)
  if (known) return known
  const bytes = encoder.encode(`id: ${entry.id}\nevent: ${entry.event.type}\ndata: ${JSON.stringify(entry.event)}\n\n`)
  encoded.set(entry, bytes)
  return bytes
}

/** The feed as server-sent events (HTML standard, 9.2), of the wanted types only, with a heartbeat every five seconds. */
export function liveStream({
  subscribe,
  types,
  after,
  missed = false,
  signal,
  heartbeatMs = HEARTBEAT_MS,
}: LiveStreamOptions): ReadableStream<Uint8Array> {
  let end = () => {}
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        liveStreamCounters.opened++
        const send = (bytes: Uint8Array) => {
          if ((controller.desiredSize ?? 0) < -MAX_WAITING) {
            liveStreamCounters.tooSlow++
            end()
            return
          }
          controller.enqueue(bytes)
        }
        const beat = () => send(encoder.encode(`event: heartbeat\ndata: ${Date.now()}\n\n`))
        const timer = setInterval(beat, heartbeatMs)
        let unsubscribe: (() => void) | undefined
        let ended = false
        end = () => {
          if (ended) return
          ended = true
          liveStreamCounters.closed++
          clearInterval(timer)
          unsubscribe?.()
          signal.removeEventListener('abort', end)
          try {
            controller.close()
          } catch {
            // the reader had cancelled it already
          }
        }
        signal.addEventListener('abort', end)
        send(encoder.encode('retry: 2000\n\n'))
        beat()
        if (missed) send(encoder.encode('event: resync\ndata: {}\n\n'))
        unsubscribe = subscribe((entry) => {
          if (!ended && types.has(entry.event.type)) send(encodeEntry(entry))
        }, after)
        if (ended) unsubscribe()
      },
      cancel: () => end(),
    },
    { highWaterMark: 1 },
  )
}

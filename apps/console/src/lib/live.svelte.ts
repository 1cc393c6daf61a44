import type { LiveEvent } from '@picket/store/live'
import { browser } from '$app/env'
import { goto } from '$app/navigation'
import { LiveConnection, type EventStream, type LiveConnectionState } from './live/connection.ts'

export type LiveType = LiveEvent['type']
type EventOf<T extends LiveType> = Extract<LiveEvent, { type: T }>

/**
 * The live feed of the tab: one EventSource for all who listen. Use in an effect:
 * `$effect(() => live.on('alert', (event) => ...))`. Its state is honest: `live`, `reconnecting`, `stale` (with
 * `lastContact`), `paused` while the tab is hidden.
 */
class LiveFeed {
  state = $state<LiveConnectionState>('connecting')
  /** Epoch milliseconds of the last sign of life of the server. */
  lastContact = $state(0)
  /** Age of the newest interface sample when it arrived; null while nobody listens to samples. */
  lagMs = $state<number | null>(null)

  #handlers = new Map<LiveType, Set<(event: never) => void>>()
  #resyncs = new Set<() => void>()
  #connection: LiveConnection | undefined
  #planned = false
  #listeningTo = ''

  /** Opens the stream; the shell calls it once and gets the function that ends it. */
  start(): () => void {
    if (!browser) return () => {}
    this.#connection = new LiveConnection({
      open: openStream,
      onevent: (type, data) => this.#dispatch(type as LiveType, data as LiveEvent),
      onstate: (state) => {
        this.state = state
        this.lastContact = this.#connection?.lastContact ?? 0
      },
      onresync: () => {
        for (const handler of this.#resyncs) handler()
      },
      onrefused: () => void signInIfNeeded(),
    })
    const visibility = () => (document.hidden ? this.#connection?.pause() : this.#connection?.resume())
    document.addEventListener('visibilitychange', visibility)
    this.#plan()
    return () => {
      document.removeEventListener('visibilitychange', visibility)
      this.#connection?.stop()
      this.#connection = undefined
      this.#listeningTo = ''
    }
  }

  on<T extends LiveType>(type: T, handler: (event: EventOf<T>) => void): () => void {
    const handlers = this.#handlers.get(type) ?? new Set()
    this.#handlers.set(type, handlers)
    handlers.add(handler as (event: never) => void)
    this.#plan()
    return () => {
      handlers.delete(handler as (event: never) => void)
      if (type === 'interfaces' && handlers.size === 0) this.lagMs = null
    }
  }

  /** Called after an absence too long to be replayed: read the page's data anew. */
  onresync(handler: () => void): () => void {
    this.#resyncs.add(handler)
    return () => this.#resyncs.delete(handler)
  }

  /** The stream carries only types somebody listens to; a page that needs another one widens it. */
  #plan(): void {
    if (this.#planned || !browser) return
    this.#planned = true
    queueMicrotask(() => {
      this.#planned = false
      const types = [...this.#handlers].filter(([, handlers]) => handlers.size > 0).map(([type]) => type)
      const wanted = [...types].sort().join()
      const missing = types.some((type) => !this.#listeningTo.split(',').includes(type))
      if (!this.#connection || !missing) return
      this.#listeningTo = wanted
      this.#connection.listen(wanted.split(','))
    })
  }

  #dispatch(type: LiveType, event: LiveEvent): void {
    this.lastContact = Date.now()
    if (event.type === 'interfaces' && event.samples[0]) {
      this.lagMs = Math.max(0, Date.now() - Math.max(...event.samples.map(({ timeUs }) => timeUs)) / 1000)
    }
    for (const handler of this.#handlers.get(type) ?? []) handler(event as never)
  }
}

function openStream(types: readonly string[], after: string | undefined): EventStream {
  const parameters = new URLSearchParams({ types: types.join() })
  if (after) parameters.set('after', after)
  return new EventSource(`/api/live?${parameters}`) as unknown as EventStream
}

/** A refused stream may mean the session is over; anything but a clear 401 is left to the backoff. */
async function signInIfNeeded(): Promise<void> {
  const response = await fetch('/api/session').catch(() => undefined)
  if (response?.status === 401) await goto(`/login?next=${encodeURIComponent(location.pathname + location.search)}`)
}

export const live = new LiveFeed()

/**
 * connecting: the first attempt is under way. live: in contact. reconnecting: contact was lost, trying again.
 * stale: no contact for STALE_AFTER_MS, so what is on screen is old. paused: the tab is hidden, nothing is asked for.
 */
export type LiveConnectionState = 'connecting' | 'live' | 'reconnecting' | 'stale' | 'paused'

/** The part of EventSource the connection uses. */
export interface EventStream {
  onopen: (() => void) | null
  onerror: (() => void) | null
  addEventListener(type: string, listener: (event: { data: string; lastEventId: string }) => void): void
  close(): void
}

export interface LiveConnectionOptions {
  /** Opens the stream of these event types, after the given id when there is one. */
  open: (types: readonly string[], after: string | undefined) => EventStream
  onevent: (type: string, data: unknown) => void
  onstate: (state: LiveConnectionState) => void
  /** So much was missed that what is on screen must be read anew. */
  onresync: () => void
  /** The server refused without ever opening: the session may be over. */
  onrefused?: () => void
  now?: () => number
  random?: () => number
  setTimer?: (callback: () => void, ms: number) => unknown
  clearTimer?: (timer: unknown) => void
}

/** The server says something at least every 5 s; three missed beats are a lost contact. */
export const STALE_AFTER_MS = 15_000
/** A longer absence is not replayed from the feed: the page reads its data anew. */
export const REPLAY_AT_MOST_MS = 30_000
const BACKOFF_FIRST_MS = 500
const BACKOFF_LAST_MS = 20_000

/** One live stream with its own backoff, resuming after the last event seen. No framework in here: live.svelte.ts wraps it. */
export class LiveConnection {
  state: LiveConnectionState = 'connecting'
  /** Last moment the server was heard, epoch milliseconds; 0 before the first. */
  lastContact = 0
  #options: Required<Omit<LiveConnectionOptions, 'onrefused'>> & Pick<LiveConnectionOptions, 'onrefused'>
  #types: readonly string[] = []
  #stream: EventStream | undefined
  #lastId: string | undefined
  #attempt = 0
  #retry: unknown
  #watchdog: unknown
  #running = false

  constructor(options: LiveConnectionOptions) {
    this.#options = {
      now: Date.now,
      random: Math.random,
      setTimer: (callback, ms) => setTimeout(callback, ms),
      clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
      ...options,
    }
  }

  /** Starts with, or goes over to, these event types; without types there is no stream. */
  listen(types: readonly string[]): void {
    this.#types = types
    this.#running = true
    if (this.state !== 'paused') this.#open()
  }

  stop(): void {
    this.#running = false
    this.#close()
    this.#enter('connecting')
  }

  /** The tab was hidden: nothing is drawn, so nothing is asked for. */
  pause(): void {
    this.#close()
    this.#enter('paused')
  }

  resume(): void {
    if (this.state !== 'paused') return
    this.#enter(this.lastContact === 0 ? 'connecting' : 'reconnecting')
    this.#attempt = 0
    if (this.#running) this.#open()
  }

  #open(): void {
    this.#close()
    const { now, open } = this.#options
    const absent = this.lastContact === 0 ? 0 : now() - this.lastContact
    const missedMuch = absent > REPLAY_AT_MOST_MS
    if (missedMuch) this.#lastId = undefined
    const stream = open(this.#types, this.#lastId)
    this.#stream = stream
    let opened = false
    stream.onopen = () => {
      opened = true
      this.#attempt = 0
      this.#contact()
      if (missedMuch) this.#options.onresync()
    }
    stream.onerror = () => {
      if (!opened && this.#attempt > 0) this.#options.onrefused?.()
      this.#lost()
    }
    stream.addEventListener('heartbeat', () => this.#contact())
    stream.addEventListener('resync', () => {
      this.#contact()
      this.#options.onresync()
    })
    for (const type of this.#types) {
      stream.addEventListener(type, ({ data, lastEventId }) => {
        if (lastEventId) this.#lastId = lastEventId
        this.#contact()
        this.#options.onevent(type, JSON.parse(data))
      })
    }
    this.#watch()
  }

  #contact(): void {
    this.lastContact = this.#options.now()
    this.#enter('live')
    this.#watch()
  }

  #lost(): void {
    this.#close()
    if (this.state !== 'stale') this.#enter(this.lastContact === 0 ? 'connecting' : 'reconnecting')
    const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#attempt++)
    // half fixed, half random: a restarted console is not met by every tab at once
    const wait = ceiling / 2 + this.#options.random() * (ceiling / 2)
    this.#retry = this.#options.setTimer(() => this.#open(), wait)
    this.#watch()
  }

  /** Notices silence: EventSource itself does not tell a quiet server from a dead path. */
  #watch(): void {
    const { clearTimer, setTimer, now } = this.#options
    clearTimer(this.#watchdog)
    const silent = this.lastContact === 0 ? 0 : now() - this.lastContact
    if (silent >= STALE_AFTER_MS) {
      this.#enter('stale')
      return
    }
    this.#watchdog = setTimer(() => {
      this.#enter('stale')
      if (this.#stream) this.#lost()
    }, STALE_AFTER_MS - silent)
  }

  #enter(state: LiveConnectionState): void {
    if (this.state === state) return
    this.state = state
    this.#options.onstate(state)
  }

  #close(): void {
    this.#options.clearTimer(this.#retry)
    this.#options.clearTimer(this.#watchdog)
    if (!this.#stream) return
    this.#stream.onopen = null
    this.#stream.onerror = null
    this.#stream.close()
    this.#stream = undefined
  }
}

import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { redisOptions } from '../queues.ts'
import type { LiveEntry } from './live-event.ts'
import { compareIds, fromRawEntry, isStreamId, LIVE_STREAM, type RawEntry } from './live-stream.ts'

const BLOCK_MS = 5000
const READ_AT_ONCE = 500
const RETRY_MS = 250

export type LiveListener = (entry: LiveEntry) => void

interface Subscription {
  listener: LiveListener
  /** Last id handed on. */
  last: string
  /** Entries that came while older ones were being fetched; absent once it runs live. */
  held?: LiveEntry[]
}

/**
 * Reads the live feed with one blocking connection a process and hands each entry to every listener, in order. Listeners
 * return at once and must not throw.
 */
export class LiveSubscriber {
  readonly #reader: Redis
  readonly #fetcher: Redis
  readonly #subscriptions = new Set<Subscription>()
  #last = '$'
  #running: Promise<void> | undefined
  #stopped = false

  /** `url` as `redisOptions` takes it. */
  constructor(url: string) {
    this.#reader = new Redis({ ...redisOptions(url), lazyConnect: true })
    this.#fetcher = new Redis({ ...redisOptions(url), lazyConnect: true })
    // ioredis reconnects by itself; `connected` tells.
    this.#reader.on('error', () => undefined)
    this.#fetcher.on('error', () => undefined)
  }

  /** Whether the feed can be read now. */
  get connected(): boolean {
    return this.#reader.status === 'ready'
  }

  get listeners(): number {
    return this.#subscriptions.size
  }

  start(): Promise<void> {
    this.#running ??= this.#read()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#subscriptions.clear()
    this.#reader.disconnect()
    this.#fetcher.disconnect()
    await this.#running
  }

  /**
   * Hands on every entry from now, or first those after the id `after` as far as the feed still has them. Gives the
   * function that ends it.
   */
  subscribe(listener: LiveListener, after?: string): () => void {
    const subscription: Subscription = { listener, last: '0-0' }
    this.#subscriptions.add(subscription)
    if (after !== undefined && isStreamId(after)) {
      subscription.last = after
      subscription.held = []
      void this.#catchUp(subscription, after)
    }
    return () => void this.#subscriptions.delete(subscription)
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      try {
        if (this.#last === '$') this.#last = await this.#lastId()
        const streams = await this.#reader.xread(
          'COUNT',
          READ_AT_ONCE,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          LIVE_STREAM,
          this.#last,
        )
        for (const raw of streams?.[0]?.[1] ?? []) this.#handOn(raw)
      } catch {
        // Redis is away or refuses: look again soon.
        if (!this.#stopped) await setTimeout(RETRY_MS)
      }
    }
  }

  /** The newest id, so that nothing between two blocking reads is missed, as `$` would. */
  async #lastId(): Promise<string> {
    const newest = await this.#reader.xrevrange(LIVE_STREAM, '+', '-', 'COUNT', 1)
    return newest[0]?.[0] ?? '0-0'
  }

  #handOn(raw: RawEntry): void {
    this.#last = raw[0]
    const entry = fromRawEntry(raw)
    if (!entry) return
    for (const subscription of this.#subscriptions) {
      if (subscription.held) hold(subscription.held, entry)
      else deliver(subscription, entry)
    }
  }

  async #catchUp(subscription: Subscription, after: string): Promise<void> {
    try {
      const missed = await this.#fetcher.xrange(LIVE_STREAM, `(${after}`, '+')
      if (!this.#subscriptions.has(subscription)) return
      for (const raw of missed) {
        const entry = fromRawEntry(raw)
        if (entry) deliver(subscription, entry)
      }
    } catch {
      // Redis went away or the process stops: the listener goes on with what comes.
    }
    const held = subscription.held ?? []
    subscription.held = undefined
    for (const entry of held) deliver(subscription, entry)
  }
}

/** While a listener catches up it is owed at most as much as the feed itself keeps; older entries come with the fetch. */
const MAX_HELD = 5000

function hold(held: LiveEntry[], entry: LiveEntry): void {
  if (held.length >= MAX_HELD) held.shift()
  held.push(entry)
}

function deliver(subscription: Subscription, entry: LiveEntry): void {
  if (compareIds(entry.id, subscription.last) <= 0) return
  subscription.last = entry.id
  subscription.listener(entry)
}

import { beforeEach, describe, expect, it } from 'vitest'
import {
  LiveConnection,
  REPLAY_AT_MOST_MS,
  STALE_AFTER_MS,
  type EventStream,
  type LiveConnectionState,
} from './connection.ts'

/** A stream the test drives. */
class TestStream implements EventStream {
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  closed = false
  readonly types: readonly string[]
  readonly after: string | undefined
  #listeners = new Map<string, (event: { data: string; lastEventId: string }) => void>()
  constructor(types: readonly string[], after: string | undefined) {
    this.types = types
    this.after = after
  }
  addEventListener(type: string, listener: (event: { data: string; lastEventId: string }) => void) {
    this.#listeners.set(type, listener)
  }
  close() {
    this.closed = true
  }
  send(type: string, data: unknown = {}, lastEventId = '') {
    this.#listeners.get(type)?.({ data: JSON.stringify(data), lastEventId })
  }
}

/** Time that passes when the test says so. */
class TestTime {
  now = 1_000_000
  #timers: { at: number; callback: () => void }[] = []
  set = (callback: () => void, ms: number) => {
    const timer = { at: this.now + ms, callback }
    this.#timers.push(timer)
    return timer
  }
  clear = (timer: unknown) => {
    this.#timers = this.#timers.filter((one) => one !== timer)
  }
  pass(ms: number) {
    const until = this.now + ms
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.clear(next)
      this.now = next.at
      next.callback()
    }
    this.now = until
  }
}

let time: TestTime
let streams: TestStream[]
let states: LiveConnectionState[]
let events: unknown[]
let resyncs: number
let refusals: number
let connection: LiveConnection
const stream = () => streams.at(-1)!

beforeEach(() => {
  time = new TestTime()
  streams = []
  states = []
  events = []
  resyncs = 0
  refusals = 0
  connection = new LiveConnection({
    open: (types, after) => {
      streams.push(new TestStream(types, after))
      return stream()
    },
    onevent: (type, data) => events.push([type, data]),
    onstate: (state) => states.push(state),
    onresync: () => resyncs++,
    onrefused: () => refusals++,
    now: () => time.now,
    random: () => 1,
    setTimer: time.set,
    clearTimer: time.clear,
  })
})

describe('a live connection', () => {
  it('is connecting, then live, and hands on events', () => {
    connection.listen(['alert'])
    expect(connection.state).toBe('connecting')
    stream().onopen!()
    stream().send('alert', { id: 'A-1' }, '1-0')
    expect(states).toEqual(['live'])
    expect(events).toEqual([['alert', { id: 'A-1' }]])
  })

  it('reconnects with a growing wait and resumes after the last event', () => {
    connection.listen(['alert'])
    stream().onopen!()
    stream().send('alert', {}, '7-1')
    stream().onerror!()
    expect(connection.state).toBe('reconnecting')
    time.pass(500)
    expect(streams).toHaveLength(2)
    expect(stream().after).toBe('7-1')
    stream().onerror!()
    time.pass(999)
    expect(streams).toHaveLength(2)
    time.pass(1)
    expect(streams).toHaveLength(3)
    stream().onopen!()
    expect(connection.state).toBe('live')
    expect(resyncs).toBe(0)
  })

  it('becomes stale when the server falls silent, and says since when', () => {
    connection.listen(['alert'])
    stream().onopen!()
    const heard = time.now
    time.pass(STALE_AFTER_MS - 1)
    expect(connection.state).toBe('live')
    stream().send('heartbeat')
    time.pass(STALE_AFTER_MS)
    expect(connection.state).toBe('stale')
    expect(connection.lastContact).toBe(heard + STALE_AFTER_MS - 1)
    expect(streams[0]!.closed).toBe(true)
    time.pass(500)
    stream().onopen!()
    expect(connection.state).toBe('live')
  })

  it('becomes stale when it cannot reconnect', () => {
    connection.listen(['alert'])
    stream().onopen!()
    stream().onerror!()
    for (let i = 0; i < 40; i++) {
      time.pass(500)
      if (!stream().closed) stream().onerror!()
    }
    expect(connection.state).toBe('stale')
  })

  it('reads anew instead of replaying a long absence', () => {
    connection.listen(['alert'])
    stream().onopen!()
    stream().send('alert', {}, '7-1')
    connection.pause()
    expect(stream().closed).toBe(true)
    time.pass(REPLAY_AT_MOST_MS + 1)
    connection.resume()
    expect(stream().after).toBeUndefined()
    expect(resyncs).toBe(0)
    stream().onopen!()
    expect(resyncs).toBe(1)
  })

  it('asks for nothing while hidden and resumes where it was after a short absence', () => {
    connection.listen(['alert'])
    stream().onopen!()
    stream().send('alert', {}, '7-1')
    connection.pause()
    expect(connection.state).toBe('paused')
    time.pass(5000)
    connection.listen(['alert', 'job'])
    expect(streams).toHaveLength(1)
    connection.resume()
    expect(stream()).toMatchObject({ types: ['alert', 'job'], after: '7-1' })
  })

  it('does as the server says when the feed no longer holds the place it left', () => {
    connection.listen(['alert'])
    stream().onopen!()
    stream().send('resync')
    expect(resyncs).toBe(1)
  })

  it('asks whether the session is over when it is refused again and again', () => {
    connection.listen(['alert'])
    stream().onerror!()
    expect(refusals).toBe(0)
    time.pass(500)
    stream().onerror!()
    expect(refusals).toBe(1)
  })

  it('stops for good', () => {
    connection.listen(['alert'])
    stream().onopen!()
    stream().onerror!()
    connection.stop()
    time.pass(100_000)
    expect(streams).toHaveLength(1)
  })
})

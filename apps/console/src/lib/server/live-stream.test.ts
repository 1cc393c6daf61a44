import type { LiveEntry } from '@picket/store/live'
import { expect, it } from 'vitest'
import { liveStream, liveStreamCounters } from './live-stream.ts'

const entry = (id: string, type: 'alert' | 'gap'): LiveEntry =>
  ({
    id,
    event:
      type === 'gap'
        ? { type, sensorId: 's', cause: 'kernel-drop', packets: 1, flows: 0 }
        : { type, alert: { id: 'A-1' } },
  }) as LiveEntry

function feed() {
  const listeners = new Set<(entry: LiveEntry) => void>()
  let asked: string | undefined
  return {
    subscribe: (listener: (entry: LiveEntry) => void, after?: string) => {
      asked = after
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    publish: (one: LiveEntry) => [...listeners].forEach((listener) => listener(one)),
    listeners,
    after: () => asked,
  }
}

async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, text: string): Promise<string> {
  let all = ''
  while (!all.includes(text)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`ended before ${text}: ${all}`)
    all += new TextDecoder().decode(value)
  }
  return all
}

it('sends events of the wanted types with their ids, after a first heartbeat', async () => {
  const source = feed()
  const abort = new AbortController()
  const reader = liveStream({
    subscribe: source.subscribe,
    types: new Set(['gap']),
    after: '5-0',
    signal: abort.signal,
  }).getReader()
  source.publish(entry('6-0', 'alert'))
  source.publish(entry('6-1', 'gap'))
  const text = await readUntil(reader, 'kernel-drop')
  expect(text).toMatch(/^retry: 2000\n\nevent: heartbeat\n/)
  expect(text).toContain('id: 6-1\nevent: gap\ndata: {"type":"gap"')
  expect(text).not.toContain('6-0')
  expect(source.after()).toBe('5-0')
  abort.abort()
  expect(source.listeners.size).toBe(0)
  expect((await reader.read()).done).toBe(true)
})

it('says when the feed no longer holds the place to resume at', async () => {
  const reader = liveStream({
    subscribe: feed().subscribe,
    types: new Set(['gap']),
    missed: true,
    signal: new AbortController().signal,
  }).getReader()
  expect(await readUntil(reader, 'resync')).toContain('event: resync\n')
  await reader.cancel()
})

it('ends the stream of a reader that does not read, and counts it', () => {
  const source = feed()
  const before = liveStreamCounters.tooSlow
  liveStream({ subscribe: source.subscribe, types: new Set(['gap']), signal: new AbortController().signal })
  for (let i = 0; i < 600; i++) source.publish(entry(`${i}-0`, 'gap'))
  expect(source.listeners.size).toBe(0)
  expect(liveStreamCounters.tooSlow).toBe(before + 1)
})

it('stops when the reader leaves', async () => {
  const source = feed()
  const stream = liveStream({
    subscribe: source.subscribe,
    types: new Set(['gap']),
    signal: new AbortController().signal,
  })
  await stream.cancel()
  expect(source.listeners.size).toBe(0)
})

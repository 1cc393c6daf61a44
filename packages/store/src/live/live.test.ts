import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { redisOptions } from '../queues.ts'
import type { LiveEntry, LiveEvent } from './live-event.ts'
import { LivePublisher } from './live-publisher.ts'
import { LIVE_STREAM } from './live-stream.ts'
import { LiveSubscriber } from './live-subscriber.ts'

const folder = mkdtempSync(join(tmpdir(), 'picket-live-'))
const socket = join(folder, 'redis.sock')
let server: ChildProcess
let redis: Redis
let publisher: LivePublisher
let subscriber: LiveSubscriber

async function startServer(): Promise<void> {
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--appendonly', 'yes', '--save', '']
  server = spawn('redis-server', settings, { stdio: 'ignore' })
  await until(() => existsSync(socket))
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 25_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 25 s')
    await new Promise((done) => setTimeout(done, 5))
  }
}

beforeAll(async () => {
  await startServer()
  redis = new Redis(redisOptions(socket))
  redis.on('error', () => undefined)
  publisher = new LivePublisher(redis)
  subscriber = new LiveSubscriber(`unix://${socket}`)
  await subscriber.start()
  await until(() => subscriber.connected)
})

afterAll(async () => {
  await subscriber?.stop()
  redis?.disconnect()
  server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const gap = (packets: number): LiveEvent => ({ type: 'gap', sensorId: 's', cause: 'kernel-drop', packets, flows: 0 })
const packets = (entries: LiveEntry[]) => entries.map(({ event }) => (event.type === 'gap' ? event.packets : -1))

/** Publishes until the first one arrives, so that the subscriber is known to listen. */
async function listening(entries: LiveEntry[]): Promise<void> {
  while (entries.length === 0) {
    await publisher.publish(gap(0))
    await new Promise((done) => setTimeout(done, 20))
  }
}

test('every listener gets every event, in order, until it leaves', async () => {
  const [one, other]: LiveEntry[][] = [[], []]
  const leave = subscriber.subscribe((entry) => one.push(entry))
  subscriber.subscribe((entry) => other.push(entry))
  await listening(one)
  const before = packets(one).filter((n) => n > 0).length
  for (let n = 1; n <= 300; n++) await publisher.publish(gap(n))
  await until(() => packets(other).includes(300))
  expect(before).toBe(0)
  expect(packets(one).filter((n) => n > 0)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
  leave()
  await publisher.publish(gap(301))
  await until(() => packets(other).includes(301))
  expect(packets(one)).not.toContain(301)
})

test('a listener goes on where it was, without a hole and without a repeat', async () => {
  const ids: string[] = []
  for (let n = 1; n <= 50; n++) ids.push(await publisher.publish(gap(1000 + n)))
  const seen: LiveEntry[] = []
  // While what was missed is fetched, more comes.
  const more = Array.from({ length: 50 }, (_, i) => publisher.publish(gap(1051 + i)))
  subscriber.subscribe((entry) => seen.push(entry), ids[9])
  await Promise.all(more)
  await until(() => packets(seen).includes(1100))
  expect(packets(seen)).toEqual(Array.from({ length: 90 }, (_, i) => 1011 + i))
})

test('a wrong id and foreign entries do no harm', async () => {
  const seen: LiveEntry[] = []
  subscriber.subscribe((entry) => seen.push(entry), '; FLUSHALL')
  await redis.xadd(LIVE_STREAM, '*', 'x', 'y')
  await redis.xadd(LIVE_STREAM, '*', 'e', '{not json')
  await publisher.publish(gap(2000))
  await until(() => packets(seen).includes(2000))
  expect(packets(seen)).toEqual([2000])
})

test('the feed keeps about its last 5,000 events', async () => {
  for (let i = 0; i < 6; i++) await Promise.all(Array.from({ length: 1000 }, () => publisher.publish(gap(0))))
  expect(await redis.xlen(LIVE_STREAM)).toBeLessThan(5200)
  const crowd = Array.from({ length: 1100 }, () => publisher.publish(gap(0)))
  const outcomes = await Promise.allSettled(crowd)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(100)
  expect(publisher.refused).toBe(100)
})

test('Redis may be killed and come back', async () => {
  const seen: LiveEntry[] = []
  subscriber.subscribe((entry) => seen.push(entry))
  const exited = once(server, 'exit')
  server.kill('SIGKILL')
  await exited
  rmSync(socket, { force: true })
  await until(() => !subscriber.connected)
  await startServer()
  await until(() => subscriber.connected)
  await publisher.publish(gap(3000))
  await until(() => packets(seen).includes(3000))
})

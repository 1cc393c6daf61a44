import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { ledger, openDatabase, type Database } from '@picket/store'
import { copyTemplate, openTestDatabase, sampleFlows, startEngineProcess } from '@picket/store/testing'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { PrivateRedis } from './support/private-redis.ts'
import { scratchFolder } from './support/scratch-folder.ts'
import { TestCollector } from './support/test-collector.ts'
import { until } from './support/until.ts'

const FLOWS_A_BATCH = 50
/** A killed embedded engine recovers in about 3 s on an idle machine. */
const RECOVERY_MS = 90_000

let redis: PrivateRedis

beforeEach(async () => {
  redis = await PrivateRedis.start()
})

afterEach(async () => {
  await redis.close()
})

/** An engine on disk that the test may kill and start again. */
async function engineOnDisk() {
  const folder = await scratchFolder()
  await copyTemplate(join(folder, 'data'))
  const run = join(folder, 'run')
  await mkdir(run, { mode: 0o700 })
  return async () => {
    const engine = await startEngineProcess({ data: join(folder, 'data'), run })
    onTestFinished(() => engine.stop())
    return engine
  }
}

async function testDatabase() {
  const database = await openTestDatabase()
  onTestFinished(() => database.close())
  return database
}

const batchOf = (sequence: number) => ({
  flows: sampleFlows({ count: FLOWS_A_BATCH, untilUs: Date.now() * 1_000, spanUs: 1_000_000, seed: sequence }),
})

async function distinctFlows(db: Database, sensorId: string): Promise<{ rows: number; distinct: number }> {
  const { rows } = await db.query<{ rows: number; distinct: number }>(
    'SELECT count(*) AS rows, count(DISTINCT community_id) AS distinct FROM flows WHERE sensor_id = $1',
    [sensorId],
  )
  return rows[0]
}

test(
  'the database is killed while a sensor sends: nothing acknowledged is lost, nothing is stored twice',
  async () => {
    const startEngine = await engineOnDisk()
    const engine = await startEngine()
    const fleet = await TestCollector.start(engine.url, redis.url)
    const identity = await fleet.enrol()
    const stream = await fleet.connect(identity)
    const total = 24
    for (let sequence = 1; sequence <= 8; sequence += 1) stream.batch(sequence, batchOf(sequence))
    await stream.acknowledged(4)
    await engine.kill()
    const acknowledgedAtDeath = stream.lastAcknowledged
    for (let sequence = 9; sequence <= total; sequence += 1) stream.batch(sequence, batchOf(sequence))
    await until('a batch to be tried in vain', () => fleet.telemetry.get('batchRetried') > 0)
    expect(stream.lastAcknowledged).toBeLessThan(total)
    await startEngine()
    await stream.acknowledged(total)
    expect(acknowledgedAtDeath).toBeGreaterThanOrEqual(4)
    const db = openDatabase(engine.url)
    const stored = await distinctFlows(db, identity.sensorId)
    expect(stored).toEqual({ rows: total * FLOWS_A_BATCH, distinct: total * FLOWS_A_BATCH })
    expect(await ledger(db, identity.sensorId)).toMatchObject({ flowsStored: total * FLOWS_A_BATCH })
    await db.close()
  },
  RECOVERY_MS,
)

test('a collector that dies and comes back goes on where the sensor stood', async () => {
  const { url, db } = await testDatabase()
  const data = await scratchFolder()
  const first = await TestCollector.start(url, redis.url, data)
  const identity = await first.enrol()
  const stream = await first.connect(identity)
  stream.batch(1, batchOf(1))
  stream.batch(2, batchOf(2))
  await stream.acknowledged(1)
  await first.collector.stop()
  expect(await stream.ended()).toMatchObject({ code: status.UNAVAILABLE, details: 'the collector is stopping' })
  const second = await TestCollector.start(url, redis.url, data)
  expect(second.collector.fingerprint).toBe(first.collector.fingerprint)
  const again = await second.connect(identity)
  for (const sequence of [1, 2, 3]) again.batch(sequence, batchOf(sequence))
  await again.acknowledged(3)
  expect(await distinctFlows(db, identity.sensorId)).toEqual({ rows: 3 * FLOWS_A_BATCH, distinct: 3 * FLOWS_A_BATCH })
})

test('without Redis ingest goes on and the loss of the live feed is counted', async () => {
  const { url } = await testDatabase()
  const fleet = await TestCollector.start(url, redis.url)
  const identity = await fleet.enrol()
  const stream = await fleet.connect(identity)
  stream.batch(1, batchOf(1))
  await stream.acknowledged(1)
  await redis.killServer()
  stream.batch(2, batchOf(2))
  await stream.acknowledged(2)
  await until('a lost live event', () => fleet.telemetry.get('liveLost') > 0)
  await redis.startServer()
  const lost = () => fleet.telemetry.get('liveLost')
  await until('the live feed to be back', async () => {
    const before = lost()
    const next = stream.lastAcknowledged + 1
    stream.batch(next, batchOf(next))
    await stream.acknowledged(next)
    return lost() === before
  })
})

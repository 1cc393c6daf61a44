import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ledger, openDatabase, type Database } from '@picket/store'
import { copyTemplate, sampleFlows, startEngineProcess, type EngineProcess } from '@picket/store/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PrivateRedis } from './support/private-redis.ts'
import { scratchFolder } from './support/scratch-folder.ts'
import { TestCollector } from './support/test-collector.ts'
import { until } from './support/until.ts'

const FLOWS_A_BATCH = 50

let redis: PrivateRedis
let engine: EngineProcess

beforeEach(async () => {
  redis = await PrivateRedis.start()
})

afterEach(async () => {
  await engine.stop()
  await redis.close()
})

async function startEngine(): Promise<() => Promise<EngineProcess>> {
  const folder = await scratchFolder()
  await copyTemplate(join(folder, 'data'))
  const run = join(folder, 'run')
  await mkdir(run, { mode: 0o700 })
  return () => startEngineProcess({ data: join(folder, 'data'), run })
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

test('the database is killed while a sensor sends: nothing acknowledged is lost, nothing is stored twice', async () => {
  const startAgain = await startEngine()
  engine = await startAgain()
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
  engine = await startAgain()
  await stream.acknowledged(total)
  expect(acknowledgedAtDeath).toBeGreaterThanOrEqual(4)
  const db = openDatabase(engine.url)
  const stored = await distinctFlows(db, identity.sensorId)
  expect(stored).toEqual({ rows: total * FLOWS_A_BATCH, distinct: total * FLOWS_A_BATCH })
  expect(await ledger(db, identity.sensorId)).toMatchObject({ flowsStored: total * FLOWS_A_BATCH })
  await db.close()
})

test('a collector that dies and comes back goes on where the sensor stood', async () => {
  const startAgain = await startEngine()
  engine = await startAgain()
  const data = await scratchFolder()
  const first = await TestCollector.start(engine.url, redis.url, data)
  const identity = await first.enrol()
  const stream = await first.connect(identity)
  stream.batch(1, batchOf(1))
  stream.batch(2, batchOf(2))
  await stream.acknowledged(1)
  await first.collector.stop()
  const second = await TestCollector.start(engine.url, redis.url, data)
  expect(second.collector.fingerprint).toBe(first.collector.fingerprint)
  const again = await second.connect(identity)
  for (const sequence of [1, 2, 3]) again.batch(sequence, batchOf(sequence))
  await again.acknowledged(3)
  const db = openDatabase(engine.url)
  expect(await distinctFlows(db, identity.sensorId)).toEqual({ rows: 3 * FLOWS_A_BATCH, distinct: 3 * FLOWS_A_BATCH })
  await db.close()
})

test('without Redis ingest goes on and the loss of the live feed is counted', async () => {
  const startAgain = await startEngine()
  engine = await startAgain()
  const fleet = await TestCollector.start(engine.url, redis.url)
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

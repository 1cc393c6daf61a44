import { status } from '@grpc/grpc-js'
import { commitBatch, cursorOf, ledger, listFlows, listSensors, removeSensor, updateSettings } from '@picket/store'
import { COMMANDS_CHANNEL, redisOptions } from '@picket/store/queues'
import { openTestDatabase, sampleFlows, type TestDatabase } from '@picket/store/testing'
import { Records } from '@picket/proto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PrivateRedis } from './support/private-redis.ts'
import { TestCollector } from './support/test-collector.ts'
import { until } from './support/until.ts'

let database: TestDatabase
let redis: PrivateRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
})

afterAll(async () => {
  await Promise.all([database.close(), redis.close()])
})

const start = () => TestCollector.start(database.url, redis.url)
const flows = (count: number, seed = 1) => sampleFlows({ count, untilUs: Date.now() * 1_000, spanUs: 10_000_000, seed })
const recently = () => ({ from: Date.now() - 3_600_000, to: Date.now() + 3_600_000 })

async function storedFlows(sensorId: string): Promise<number> {
  return (await listFlows(database.db, { ...recently(), sensorId }, { limit: 1_000 })).rows.length
}

describe('a stream', () => {
  test('stores batches in order, acknowledges each, and tells a later hello where it stands', async () => {
    const fleet = await start()
    const identity = await fleet.enrol()
    const stream = await fleet.connect(identity)
    for (const sequence of [1, 2, 5]) stream.batch(sequence, { flows: flows(10, sequence) })
    await stream.acknowledged(5)
    expect(stream.received.flatMap((message) => message.acknowledgement?.sequence ?? [])).toEqual([1, 2, 5])
    expect(await storedFlows(identity.sensorId)).toBe(30)
    stream.close()
    const again = await fleet.connect(identity)
    expect((await again.message('welcome')).acknowledgedSequence).toBe(5)
  })

  test('stores a batch once when it is sent twice', async () => {
    const fleet = await start()
    const identity = await fleet.enrol()
    const stream = await fleet.connect(identity)
    stream.batch(1, { flows: flows(10) })
    stream.batch(1, { flows: flows(10) })
    stream.batch(2, { flows: flows(10, 2) })
    await stream.acknowledged(2)
    expect(await storedFlows(identity.sensorId)).toBe(20)
    expect(fleet.telemetry.get('batchDuplicate')).toBe(1)
    expect(await ledger(database.db, identity.sensorId)).toMatchObject({ flowsStored: 20, batchesDuplicate: 1 })
  })

  test('rejects what cannot be decoded, counts it, and goes on', async () => {
    const fleet = await start()
    const identity = await fleet.enrol()
    const stream = await fleet.connect(identity)
    stream.send({ batch: { epoch: 1, sequence: 1, createdUs: 0, payload: Uint8Array.of(1, 2, 3) } })
    expect(await stream.message('rejection')).toMatchObject({ epoch: 1, sequence: 1, code: 'undecodable' })
    stream.batch(2, { flows: flows(3) })
    await stream.acknowledged(2)
    expect(fleet.telemetry.get('batchRejected')).toBe(1)
  })

  test('a message that is no message ends that stream and no other', async () => {
    const fleet = await start()
    const [good, bad] = [await fleet.connect(await fleet.enrol('good')), await fleet.connect(await fleet.enrol('bad'))]
    bad.send(Uint8Array.of(0x0a, 0xff, 0xff))
    expect((await bad.ended()).code).toBe(status.INTERNAL)
    good.batch(1, { flows: flows(3) })
    await good.acknowledged(1)
  })

  test('begins with hello, which must name the sensor of the certificate', async () => {
    const fleet = await start()
    const identity = await fleet.enrol()
    const early = fleet.open(identity)
    early.heartbeat()
    expect((await early.ended()).code).toBe(status.FAILED_PRECONDITION)
    const other = fleet.open(identity)
    other.hello({ sensorId: '5f0c0f52-0000-4000-8000-000000000001' })
    expect((await other.ended()).code).toBe(status.PERMISSION_DENIED)
  })

  test('a newer stream of the same sensor takes over', async () => {
    const fleet = await start()
    const identity = await fleet.enrol()
    const first = await fleet.connect(identity)
    const second = await fleet.connect(identity)
    expect((await first.ended()).code).toBe(status.ALREADY_EXISTS)
    second.batch(1, { flows: flows(2) })
    await second.acknowledged(1)
  })

  test('a sensor clock an hour off is shown and harmless', async () => {
    const fleet = await start()
    const identity = await fleet.enrol('late-host')
    const stream = fleet.open(identity)
    const hourUs = 3_600_000_000
    stream.hello({ hostname: 'late-host', timeUs: Date.now() * 1_000 - hourUs })
    await stream.message('welcome')
    const late = sampleFlows({ count: 5, untilUs: Date.now() * 1_000 - hourUs, spanUs: 1_000_000 })
    stream.batch(1, { flows: late })
    await stream.acknowledged(1)
    const sensor = (await listSensors(database.db)).find((row) => row.sensorId === identity.sensorId)!
    expect(Math.round(sensor.clockOffsetUs! / 1e6)).toBe(-3_600)
    expect(Date.now() - sensor.lastSeen!).toBeLessThan(60_000)
    expect(sensor.presence).toBe('online')
    stream.heartbeat(Date.now() * 1_000 + hourUs)
    await until('the new offset', async () => {
      const [row] = (await listSensors(database.db)).filter((each) => each.sensorId === identity.sensorId)
      return Math.round(row.clockOffsetUs! / 1e6) === 3_600
    })
  })
})

describe('changes made elsewhere', () => {
  test('a change of settings reaches a connected sensor at once', async () => {
    const fleet = await start()
    const stream = await fleet.connect(await fleet.enrol())
    const first = await stream.message('policy')
    await updateSettings(database.db, { scanThreshold: 77, excludedInterfaces: ['docker0'] }, 'test')
    const publisher = new Redis(redisOptions(redis.url))
    await publisher.publish(COMMANDS_CHANNEL, JSON.stringify({ type: 'settings-changed' }))
    publisher.disconnect()
    const changed = await until('the new policy', () =>
      stream.received.find((message) => (message.policy?.revision ?? 0) > first.revision),
    )
    expect(changed.policy).toMatchObject({ scanThreshold: 77, excludedInterfaces: ['docker0'] })
  })

  test('a removed sensor is told to retire, its stream ends, and it is refused from then on', async () => {
    const fleet = await start()
    const identity = await fleet.enrol('gone')
    const stream = await fleet.connect(identity)
    await removeSensor(database.db, identity.sensorId)
    const publisher = new Redis(redisOptions(redis.url))
    const removed = { type: 'sensor-removed', sensorId: identity.sensorId }
    await publisher.publish(COMMANDS_CHANNEL, JSON.stringify(removed))
    publisher.disconnect()
    expect((await stream.ended()).code).toBe(status.PERMISSION_DENIED)
    expect(stream.received.find((message) => message.command !== undefined)?.command?.retire).toBeDefined()
    const again = fleet.open(identity)
    again.hello()
    expect((await again.ended()).code).toBe(status.PERMISSION_DENIED)
    expect(fleet.telemetry.get('streamRefused')).toBe(1)
  })

  test('a sensor of the authority that the store does not know is refused', async () => {
    const fleet = await start()
    const identity = await fleet.enrol('lost')
    await database.db.query('UPDATE enrolment_tokens SET sensor_id = NULL WHERE sensor_id = $1', [identity.sensorId])
    await database.db.query('DELETE FROM sensor_ledgers WHERE sensor_id = $1', [identity.sensorId])
    await database.db.query('DELETE FROM sensors WHERE id = $1', [identity.sensorId])
    const stream = fleet.open(identity)
    stream.hello()
    expect((await stream.ended()).code).toBe(status.PERMISSION_DENIED)
  })
})

test('what another collector stored is not stored again here', async () => {
  const fleet = await start()
  const identity = await fleet.enrol()
  const records = Records.fromPartial({ flows: flows(4) })
  const batch = { sensorId: identity.sensorId, epoch: 1, sequence: 3, records, receivedAt: Date.now() }
  await commitBatch(database.db, batch)
  const stream = await fleet.connect(identity)
  expect((await stream.message('welcome')).acknowledgedSequence).toBe(3)
  stream.batch(2, { flows: flows(4) })
  await stream.acknowledged(3)
  expect(await cursorOf(database.db, identity.sensorId, 1)).toBe(3)
  expect(await storedFlows(identity.sensorId)).toBe(4)
})

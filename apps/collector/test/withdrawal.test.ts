import { FEATURE_COUNT, flowFeatures } from '@picket/ml/features'
import { describeRows } from '@picket/ml/fitness'
import { loadBundledModels, type Model } from '@picket/ml/scoring'
import { Flow } from '@picket/proto'
import {
  listAlerts,
  listAudit,
  listFitness,
  listModelStatus,
  openOrUpdateAlert,
  recordModelSupport,
  type FitnessRow,
} from '@picket/store'
import { LivePublisher } from '@picket/store/live'
import { COMMANDS_CHANNEL, redisOptions } from '@picket/store/queues'
import { openTestDatabase, sampleFlows, type TestDatabase } from '@picket/store/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SigningKey } from '../src/enroll/signing-key.ts'
import { FitnessRound } from '../src/fitness/fitness-round.ts'
import { LiveFeed } from '../src/notify/live-feed.ts'
import { createLogger, Telemetry } from '../src/telemetry.ts'
import { ModelRegistry } from '../src/train/model-registry.ts'
import { PrivateRedis } from './support/private-redis.ts'
import { TestCollector } from './support/test-collector.ts'
import type { TestStream } from './support/test-sensor.ts'
import { until } from './support/until.ts'

vi.setConfig({ testTimeout: 60_000 })
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
let database: TestDatabase
let redis: PrivateRedis
let client: Redis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
  client = new Redis(redisOptions(redis.url))
})

afterAll(async () => {
  client.disconnect()
  await Promise.all([database.close(), redis.close()])
})

/** Small datagrams both ways, all day: nothing of it is in an office. */
function toTelemetry(flow: Flow): Flow {
  const side = { packets: 40_000, octets: 40_000 * 33, payloadOctets: 40_000 * 5 }
  return Flow.fromPartial({ ...flow, protocol: 17, startUs: flow.endUs - 3_600_000_000, forward: side, reverse: side })
}

const officeAt = (atMs: number, seed: number) =>
  sampleFlows({ count: 200, untilUs: atMs * 1_000, spanUs: 1_800_000_000, seed })

/** The bundled forest, as if it had been trained on such flows. */
async function officeModel(): Promise<Model> {
  const rows = new Float32Array(600 * FEATURE_COUNT)
  sampleFlows({ count: 600, untilUs: 1.7e15, spanUs: 1e9, seed: 5 }).forEach((flow, i) => {
    flowFeatures(flow, rows, i * FEATURE_COUNT)
  })
  const forest = (await loadBundledModels()).find(({ description }) => description.kind === 'anomaly-forest')!
  const reference = describeRows(rows, FEATURE_COUNT)
  return { ...forest, description: { ...forest.description, id: 'anomaly-forest-office', reference } }
}

/** Rounds of judging at a time of the test's choice. */
async function startRounds(fleet: TestCollector) {
  const logger = createLogger(fleet.config.logLevel)
  const key = await SigningKey.open(fleet.config.dataFolder)
  const registry = new ModelRegistry(database.db, fleet.config.dataFolder, key, logger)
  let nowMs = 0
  const round = new FitnessRound({
    database: database.db,
    registry,
    live: new LiveFeed(new LivePublisher(client), new Telemetry(), logger),
    logger,
    now: () => nowMs,
    onChanged: () => void client.publish(COMMANDS_CHANNEL, JSON.stringify({ type: 'models-changed' })),
    alert: async (evidence) => void (await openOrUpdateAlert(database.db, evidence)),
  })
  const judgeAt = async (atMs: number, modelId: string): Promise<FitnessRow> => {
    nowMs = atMs
    await round.run()
    return (await listFitness(database.db, [modelId]))[0]
  }
  return { registry, judgeAt }
}

const withdrawals = (stream: TestStream) =>
  stream.received.flatMap(({ modelWithdrawal }) => modelWithdrawal?.modelId ?? [])
const offers = (stream: TestStream) => stream.received.flatMap(({ modelOffer }) => modelOffer?.modelId ?? [])

test('a model in use whose host changes steps back after two refusals, is told, and comes back when it is ready', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const stream = await fleet.connect(await fleet.enrol('changing'))
  const { registry, judgeAt } = await startRounds(fleet)
  const { id: modelId, kind } = (await officeModel()).description
  await registry.register(await officeModel(), 'somebody')
  await registry.rollOut(modelId, 'somebody')
  const end = Date.now()
  const [office, plant] = [end - 60 * HOUR_MS, end - 30 * HOUR_MS]

  stream.batch(1, { flows: officeAt(office, 1) })
  await stream.acknowledged(1)
  expect(await judgeAt(office, modelId)).toMatchObject({ verdict: 'ready', steppedBack: false })
  await until('the offer', () => offers(stream).includes(modelId))
  stream.send({ modelStatus: { modelId, state: 'active', detail: '' } })
  stream.heartbeat()
  const isInUse = async () => (await listModelStatus(database.db, modelId)).some(({ state }) => state === 'active')
  await until('the model in use', isInUse)

  stream.batch(2, { flows: officeAt(plant, 2).map(toTelemetry) })
  await stream.acknowledged(2)
  expect(await judgeAt(plant, modelId)).toMatchObject({ verdict: 'refuse', steppedBack: false })
  expect(await judgeAt(plant + MINUTE_MS, modelId)).toMatchObject({ steppedBack: false })
  expect(withdrawals(stream)).toEqual([])
  const back = await judgeAt(plant + 6 * MINUTE_MS, modelId)
  expect(back).toMatchObject({ verdict: 'refuse', steppedBack: true, shadow: { flows: 200 } })
  const withdrawal = await stream.message('modelWithdrawal')
  expect(withdrawal).toEqual({ modelId, kind, reason: back.reason })
  const { rows: alerts } = await listAlerts(database.db, { state: 'open' })
  expect(alerts).toMatchObject([{ rule: 'model-unfit', entity: modelId, severity: 'medium' }])
  const audited = (await listAudit(database.db, { subject: modelId })).rows.map(({ action }) => action)
  expect(audited).toEqual(expect.arrayContaining(['model.refuse', 'model.step-back']))
  stream.send({ modelStatus: { modelId, state: 'withdrawn', detail: '' } })
  await until('the withdrawal', async () => !(await isInUse()))

  stream.batch(3, { flows: officeAt(end, 3) })
  await stream.acknowledged(3)
  const before = offers(stream).length
  expect(await judgeAt(end, modelId)).toMatchObject({ verdict: 'ready', steppedBack: false })
  await until('the offer again', () => offers(stream).length > before)
})

test('a model that comes with Picket is refused on a foreign network, steps back without an alert, and is not taken up again', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const { registry, judgeAt } = await startRounds(fleet)
  await registry.registerBundled()
  const bundled = (await loadBundledModels()).find(({ description }) => description.kind === 'anomaly-autoencoder')!
  const { id: modelId, kind } = bundled.description
  const stream = fleet.open(await fleet.enrol('foreign'))
  stream.hello({ activeModels: { [kind]: modelId } })
  await stream.message('policy')
  const now = Date.now()
  stream.batch(1, { flows: officeAt(now, 4).map(toTelemetry) })
  await stream.acknowledged(1)
  const alertsBefore = (await listAlerts(database.db, {})).rows.length
  expect(await judgeAt(now, modelId)).toMatchObject({ hostname: 'foreign', verdict: 'refuse', steppedBack: false })
  expect(await judgeAt(now + 6 * MINUTE_MS, modelId)).toMatchObject({ verdict: 'refuse', steppedBack: true })
  await until('the withdrawal', () => withdrawals(stream).includes(modelId))
  expect((await listAlerts(database.db, {})).rows).toHaveLength(alertsBefore)
  stream.send({ modelStatus: { modelId, state: 'withdrawn', detail: '' } })
  await until('the answer', async () => (await listModelStatus(database.db, modelId))[0]?.state === 'withdrawn')
  await judgeAt(now + 12 * MINUTE_MS, modelId)
  expect(offers(stream)).not.toContain(modelId)
})

test('what the sensor counts of its models is kept with their status', async () => {
  const [status] = await listModelStatus(database.db)
  const support = { modelId: status.modelId, flows: 5_000, outside: 1_400 }
  await recordModelSupport(database.db, status.sensorId, [support, { modelId: 'unknown', flows: 1, outside: 1 }])
  expect((await listModelStatus(database.db, status.modelId))[0]).toMatchObject({ flows: 5_000, outside: 1_400 })
})

import { createHash, createPublicKey, verify } from 'node:crypto'
import { FEATURE_SET_HASH } from '@picket/ml/features'
import { decodeModelArchive } from '@picket/ml/scoring'
import { ClassSource, type Flow, type ModelChunk, type ModelOffer } from '@picket/proto'
import { createJob, getJob, getModel, listModelStatus, updateJob, type ModelKind } from '@picket/store'
import { TRAIN_QUEUE, redisOptions, type TrainJob } from '@picket/store/queues'
import { openTestDatabase, sampleFlows, type TestDatabase } from '@picket/store/testing'
import { Queue, type ConnectionOptions } from 'bullmq'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createLogger, Telemetry } from '../src/telemetry.ts'
import { startWorker } from '../src/worker.ts'
import { PrivateRedis } from './support/private-redis.ts'
import { TestCollector } from './support/test-collector.ts'
import type { TestStream } from './support/test-sensor.ts'
import { trainedModels } from './support/trained-models.ts'
import { until } from './support/until.ts'

let database: TestDatabase
let redis: PrivateRedis
let queue: Queue<TrainJob>

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
  queue = new Queue<TrainJob>(TRAIN_QUEUE, { connection: { ...redisOptions(redis.url) } as ConnectionOptions })
})

afterAll(async () => {
  await queue.close()
  await Promise.all([database.close(), redis.close()])
})

async function startTrainer(fleet: TestCollector) {
  const worker = await startWorker(fleet.config, new Telemetry(), createLogger(fleet.config.logLevel))
  onTestFinished(() => worker.stop())
  return worker
}

async function ask(...kinds: ModelKind[]): Promise<string> {
  const job = await createJob(database.db, { kind: 'train', params: { kinds }, createdBy: 'test' })
  await queue.add('train', { jobId: job.id, kinds, requestedBy: 'test' }, { jobId: job.id })
  return job.id
}

/** Training takes seconds on an idle machine, and much longer beside other test runs. */
vi.setConfig({ testTimeout: 120_000 })

const state = async (jobId: string) => (await getJob(database.db, jobId))!.state
const over = (jobId: string) =>
  until('the end of the job', async () => ['completed', 'failed', 'cancelled'].includes(await state(jobId)), 60_000)

/** Flows whose class a recogniser told, by port. */
function taughtFlows(count: number, seed: number): Flow[] {
  const classes: Record<number, string> = { 443: 'web', 80: 'web', 53: 'name-service', 22: 'remote-access' }
  return sampleFlows({ count, untilUs: Date.now() * 1_000, spanUs: 60_000_000, seed }).map((flow) => {
    flow.class = classes[flow.destinationPort] ?? ''
    flow.classSource = flow.class === '' ? ClassSource.UNSPECIFIED : ClassSource.RECOGNISER
    return flow
  })
}

async function storeFlows(stream: TestStream, count: number): Promise<void> {
  stream.batch(1, { flows: taughtFlows(count, 1) })
  await stream.acknowledged(1)
}

async function download(stream: TestStream, offer: ModelOffer, offset: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of stream.client.downloadModel({
    modelId: offer.modelId,
    offset,
  }) as AsyncIterable<ModelChunk>) {
    parts.push(chunk.data)
  }
  return Buffer.concat(parts)
}

// First of all: the database is still empty.
test('too few flows fail the job with a reason a person can act on', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const stream = await fleet.connect(await fleet.enrol())
  await storeFlows(stream, 12)
  await startTrainer(fleet)
  const jobId = await ask('anomaly-forest')
  await over(jobId)
  const job = (await getJob(database.db, jobId))!
  expect(job.state).toBe('failed')
  expect(job.error).toMatch(
    /^anomaly-forest: only 12 usable flows .* at least 40 are needed; let the sensors run longer/,
  )
  expect(await trainedModels(database.db)).toEqual([])
})

test('stored flows become signed, registered models that are offered on the stream, fetched and reported', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const identity = await fleet.enrol()
  const stream = await fleet.connect(identity)
  await storeFlows(stream, 800)
  await startTrainer(fleet)
  const jobId = await ask('anomaly-forest', 'traffic-classifier')
  await over(jobId)
  const job = (await getJob(database.db, jobId))!
  expect(job).toMatchObject({ state: 'completed', progress: 1 })
  const results = job.result!.models as { kind: string; outcome: string; modelId: string; comparison: object }[]
  expect(results.map(({ kind }) => kind)).toEqual(['anomaly-forest', 'traffic-classifier'])
  expect(job.log.length).toBeGreaterThan(4)

  const classifier = results[1]
  expect(classifier.outcome).toBe('offered')
  const offer = await until('the offer', () =>
    stream.received.map((message) => message.modelOffer).find((each) => each?.modelId === classifier.modelId),
  )
  expect(offer).toMatchObject({ kind: 'traffic-classifier', featureSetHash: FEATURE_SET_HASH })
  const archive = await download(stream, offer, 0)
  expect(archive.length).toBe(offer.sizeBytes)
  expect(createHash('sha256').update(archive).digest()).toEqual(Buffer.from(offer.sha256))
  const x = Buffer.from(offer.signingKey).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  expect(verify(null, offer.sha256, key, offer.signature)).toBe(true)
  expect(decodeModelArchive(new Uint8Array(archive)).description.classes).toContain('name-service')
  expect(await download(stream, offer, archive.length - 1_000)).toEqual(archive.subarray(-1_000))

  stream.send({ modelStatus: { modelId: offer.modelId, state: 'active', detail: '' } })
  await until('the report', async () => (await listModelStatus(database.db, offer.modelId)).length > 0)
  expect(await getModel(database.db, offer.modelId)).toMatchObject({ state: 'active', sensors: { active: 1 } })

  stream.close()
  const again = fleet.open(identity)
  again.hello({ activeModels: { 'traffic-classifier': offer.modelId } })
  await again.message('policy')
  again.heartbeat()
  const offered = () => again.received.flatMap((message) => message.modelOffer?.kind ?? [])
  const anomalyOffered = results[0].outcome === 'offered'
  if (anomalyOffered) await until('the other offer', () => offered().includes('anomaly-forest'))
  expect(offered()).not.toContain('traffic-classifier')
})

test('a job that was cancelled before or while it runs ends as cancelled and registers nothing', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const stream = await fleet.connect(await fleet.enrol())
  await storeFlows(stream, 4_000)
  const before = await trainedModels(database.db)
  const early = await ask('anomaly-forest')
  await updateJob(database.db, early, { state: 'cancelled' })
  const running = await ask('traffic-classifier')
  await startTrainer(fleet)
  await until('the job to run', async () => (await state(running)) === 'running')
  await updateJob(database.db, running, { state: 'cancelled' })
  await until('the queue to be empty', async () => (await queue.getJobCountByTypes('active', 'waiting')) === 0, 60_000)
  expect([await state(early), await state(running)]).toEqual(['cancelled', 'cancelled'])
  expect(await trainedModels(database.db)).toEqual(before)
})

test('a worker that stops gives its job back and the next one does it', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const stream = await fleet.connect(await fleet.enrol())
  await storeFlows(stream, 4_000)
  const first = await startTrainer(fleet)
  const jobId = await ask('traffic-classifier')
  await until('the job to run', async () => (await state(jobId)) === 'running')
  await first.stop()
  expect(await state(jobId)).toBe('queued')
  await startTrainer(fleet)
  await over(jobId)
  expect(await getJob(database.db, jobId)).toMatchObject({ state: 'completed', error: '' })
})

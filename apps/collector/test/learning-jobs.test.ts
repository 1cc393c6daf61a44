import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Flow } from '@picket/proto'
import { ClassSource } from '@picket/proto'
import { listAudit, listFitness, updateJob, type FitnessRow } from '@picket/store'
import { openTestDatabase, sampleFlows, type TestDatabase } from '@picket/store/testing'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createLogger, Telemetry } from '../src/telemetry.ts'
import type { EvaluationResult } from '../src/train/evaluate-job.ts'
import type { BacktestResult } from '../src/train/backtest-job.ts'
import { startWorker, type TrainingWorker } from '../src/worker.ts'
import { TestJobs } from './support/jobs.ts'
import { PrivateRedis } from './support/private-redis.ts'
import { TestCollector } from './support/test-collector.ts'
import type { TestStream } from './support/test-sensor.ts'
import { trainedFolders, trainedModels } from './support/trained-models.ts'
import { until } from './support/until.ts'

let database: TestDatabase
let redis: PrivateRedis
let jobs: TestJobs

vi.setConfig({ testTimeout: 120_000 })
const CLASSES: Record<number, string> = { 443: 'web', 80: 'web', 53: 'name-service', 22: 'remote-access' }

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
  jobs = new TestJobs(database, redis.url)
})

afterAll(async () => {
  await jobs.close()
  await Promise.all([database.close(), redis.close()])
})

async function startTrainer({ config }: TestCollector, lockMs = 2_000): Promise<TrainingWorker> {
  const worker = await startWorker(config, new Telemetry(), createLogger(config.logLevel), { lockMs })
  onTestFinished(() => worker.stop())
  return worker
}

/** Flows of an office in the hour before; `change` makes another network of them. */
async function store(stream: TestStream, count: number, change: (flow: Flow) => void = () => {}, until = Date.now()) {
  const flows = sampleFlows({ count, untilUs: until * 1_000, spanUs: 3_600_000_000 })
  for (const flow of flows) {
    flow.class = CLASSES[flow.destinationPort] ?? ''
    flow.classSource = flow.class === '' ? ClassSource.UNSPECIFIED : ClassSource.RECOGNISER
    change(flow)
  }
  stream.batch(1, { flows })
  await stream.acknowledged(1)
}

/** Small datagrams both ways, all day: nothing of it is in the office. */
function toTelemetry(flow: Flow): void {
  const side = { packets: 40_000, octets: 40_000 * 33, payloadOctets: 40_000 * 5 }
  const taught = { class: 'web', classSource: ClassSource.RECOGNISER }
  Object.assign(flow, { protocol: 17, startUs: flow.endUs - 86_000_000_000, ...taught })
  Object.assign(flow.forward!, side)
  Object.assign(flow.reverse!, side)
}

const offers = (stream: TestStream) => stream.received.flatMap(({ modelOffer }) => modelOffer?.modelId ?? [])

test('a model is offered where it fits, refused on another network, and kept in the shadow where little is known', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const [office, plant, fresh] = [await fleet.enrol('office'), await fleet.enrol('plant'), await fleet.enrol('fresh')]
  const atOffice = await fleet.connect(office)
  const atPlant = await fleet.connect(plant)
  const atFresh = await fleet.connect(fresh)
  const before = Date.now() - 7_200_000
  await store(atOffice, 600, undefined, before)
  const worker = await startTrainer(fleet)
  await store(atPlant, 300, toTelemetry)
  await store(atFresh, 10, (flow) => Object.assign(flow, { class: 'web', classSource: ClassSource.RECOGNISER }))
  const job = await jobs.done({ kind: 'train', kinds: ['traffic-classifier'], to: new Date(before + 1).toISOString() })
  expect(job).toMatchObject({ state: 'completed', error: '' })
  const [{ modelId, comparison }] = job.result!.models as { modelId: string; comparison: { method: string } }[]
  expect(comparison.method).toMatch(/bootstrap/)
  const judged = new Map((await listFitness(database.db, [modelId])).map((row) => [row.hostname, row]))
  expect(judged.get('office')).toMatchObject({ verdict: 'ready', shadow: null })
  const refused = judged.get('plant') as FitnessRow
  expect(refused).toMatchObject({ verdict: 'refuse', flows: 300, shadow: null })
  expect(refused.features[0].psi).toBeGreaterThan(1)
  const shadow = judged.get('fresh') as FitnessRow
  expect(shadow).toMatchObject({ verdict: 'shadow', reason: 'only 10 flows to judge by, 40 are needed' })
  expect(shadow.shadow).toMatchObject({ flows: 10, activeFlagged: expect.any(Number) })

  await until('the offer', () => offers(atOffice).includes(modelId))
  expect(offers(atPlant)).toEqual([])
  expect(offers(atFresh)).toEqual([])
  const told = (await listAudit(database.db, { subject: modelId })).rows
  expect(told.map(({ action }) => action).sort()).toEqual(['model.refuse', 'model.shadow'])
  expect(told.find(({ action }) => action === 'model.refuse')?.detail).toMatchObject({ hostname: 'plant' })
  const again = fleet.open(plant)
  again.hello()
  await again.message('policy')
  expect(offers(again)).toEqual([])
  await measure(modelId)

  await worker.stop()
  await rm(join(fleet.config.dataFolder, 'ca', 'model-signing.pem'))
  await startTrainer(fleet)
  const foreign = await jobs.done({ kind: 'evaluate', modelId })
  expect(foreign).toMatchObject({ state: 'failed', error: expect.stringContaining('signed by another key') })
})

/** Evaluate and backtest measure the model on stored flows and change nothing. */
async function measure(modelId: string): Promise<void> {
  const before = await trainedModels(database.db)
  const { evaluation } = (await jobs.done({ kind: 'evaluate', modelId })).result as unknown as EvaluationResult
  expect(evaluation.comparison).toMatchObject({ metric: 'macroF1', activeModelId: null })
  const { value, low, high } = evaluation.comparison.interval!
  expect(low).toBeLessThanOrEqual(value)
  expect(high).toBeGreaterThanOrEqual(value)
  expect(evaluation.metrics.accuracy).toBeGreaterThan(0.5)

  const { backtest } = (await jobs.done({ kind: 'backtest', modelId })).result as unknown as BacktestResult
  const host = backtest.hosts.find(({ hostname }) => hostname === 'office')!
  expect(host.flows).toBe(600)
  expect(host.flagged).toBeGreaterThan(0)
  expect(host.flaggedADay).toBeCloseTo((host.flagged * 24) / host.hours, 6)
  expect(await trainedModels(database.db)).toEqual(before)
}

test('a job about a model, or about flows, that are gone says so', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  await startTrainer(fleet)
  expect(await jobs.done({ kind: 'backtest', modelId: 'anomaly-forest-none' })).toMatchObject({
    state: 'failed',
    error: 'there is no model anomaly-forest-none',
  })
  const [{ id, kind }] = await trainedModels(database.db)
  expect(await jobs.done({ kind: 'evaluate', modelId: id })).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(new RegExp(`^model ${id} is not used: its archive cannot be read`)),
  })
  const past = { from: '2001-01-01T00:00:00Z', to: '2001-01-02T00:00:00Z' }
  expect(await jobs.done({ kind: 'train', kinds: [kind], ...past })).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('no flow is stored from 2001-01-01T00:00:00Z'),
  })
})

test('an imported data set is learned from and judged on, its files and its deletion are refused by name', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const { dataFolder } = fleet.config
  await startTrainer(fleet)
  await writeRows(join(dataFolder, 'imports'), 400)
  const source = { kind: 'import', format: 'csv', mapping: 'own.json' } as const
  const imported = await jobs.done({ ...source, files: ['own.csv'] })
  expect(imported).toMatchObject({
    state: 'completed',
    result: { dataset: { rows: 400, splitBy: 'time', oneSided: [] } },
  })
  const dataset = imported.id
  const trained = await jobs.done({ kind: 'train', kinds: ['traffic-classifier'], dataset })
  const [{ modelId, comparison }] = trained.result!.models as { modelId: string; comparison: { value: number } }[]
  expect(comparison.value).toBeGreaterThan(0.95)
  const evaluated = await jobs.done({ kind: 'evaluate', modelId, dataset })
  expect(evaluated.result).toMatchObject({ evaluation: { comparison: { holdoutFlows: 120 } } })

  const missing = (await jobs.done({ ...source, files: ['none.csv'] })).error
  expect(missing).toMatch(/none\.csv.*no such file/)
  expect(missing).not.toContain(dataFolder)
  expect((await jobs.done({ ...source, files: ['../own.csv'] })).error).toMatch(/a file name without folders/)
  await rm(join(dataFolder, 'datasets', dataset), { recursive: true })
  expect((await jobs.done({ kind: 'evaluate', modelId, dataset })).error).toMatch(/no data set .*import it again/)
  expect(await readdir(join(dataFolder, 'datasets'))).toEqual([])
})

test('a worker killed in the middle of a job leaves no model; another begins the job again and ends it', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const stream = await fleet.connect(await fleet.enrol('killed'))
  await store(stream, 1_500)
  const before = await trainedModels(database.db)
  const doomed = await startDoomed(fleet)
  const jobId = await jobs.ask({ kind: 'train', kinds: ['traffic-classifier'] })
  await until('the job to be under way', async () => (await jobs.row(jobId)).progress > 0.05, 60_000)
  await doomed.die()
  expect((await jobs.row(jobId)).state).toBe('running')
  expect(await trainedModels(database.db)).toEqual(before)
  expect(await trainedFolders(fleet.config.dataFolder)).toEqual([])

  const orphan = join(fleet.config.dataFolder, 'models', 'anomaly-forest-0')
  await mkdir(orphan, { recursive: true })
  await utimes(orphan, 0, 0)
  await startTrainer(fleet)
  const job = await jobs.over(jobId)
  expect(job).toMatchObject({ state: 'completed', error: '' })
  expect(job.log.map(({ line }) => line)).toContain('The worker before died; the job begins again.')
  expect(await trainedModels(database.db)).toHaveLength(before.length + 1)
  const [{ modelId }] = job.result!.models as { modelId: string }[]
  expect(await trainedFolders(fleet.config.dataFolder)).toEqual([modelId])
})

test('an upload outlives a worker killed in the middle of its import, and is removed at its end, by cancelling or by time', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const { dataFolder } = fleet.config
  const filesOf = (name: string) => readdir(join(dataFolder, name)).catch((): string[] => [])
  const upload = await uploadRows(dataFolder, 40_000)
  const source = { kind: 'import' as const, format: 'csv' as const, mapping: 'own.json', files: ['own.csv'] }
  const doomed = await startDoomed(fleet)
  const jobId = await jobs.ask({ ...source, upload })
  await until('half a data set', async () => (await filesOf('datasets')).includes(`${jobId}.partial`), 60_000)
  await doomed.die()
  expect((await jobs.row(jobId)).state).toBe('running')
  expect(await filesOf('datasets')).toEqual([`${jobId}.partial`])
  expect(await filesOf('imports')).toEqual([upload])

  const givenUp = [join(dataFolder, 'imports', randomUUID()), join(dataFolder, 'datasets', `${randomUUID()}.partial`)]
  for (const path of givenUp) {
    await mkdir(path)
    await utimes(path, 0, 0)
  }
  await startTrainer(fleet)
  expect(await jobs.over(jobId)).toMatchObject({ state: 'completed', result: { dataset: { rows: 40_000 } } })
  expect(await filesOf('datasets')).toEqual([jobId])
  expect(await filesOf('imports')).toEqual([])

  const cancelled = await jobs.ask({ ...source, upload: await uploadRows(dataFolder, 40_000) })
  await until('half a data set', async () => (await filesOf('datasets')).includes(`${cancelled}.partial`), 60_000)
  await updateJob(database.db, cancelled, { state: 'cancelled' })
  await until('nothing is left of it', async () => (await filesOf('imports')).length === 0)
  expect(await filesOf('datasets')).toEqual([jobId])
  expect((await jobs.done({ ...source, upload: randomUUID() })).error).toMatch(/uploaded.* is gone/)
})

/** A worker as a process of its own that dies as by a crash. */
async function startDoomed({ config }: TestCollector): Promise<{ die(): Promise<void> }> {
  const script = join(import.meta.dirname, 'support', 'worker-process.ts')
  const doomed = spawn(process.execPath, [script, JSON.stringify(config), '2000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void doomed.kill('SIGKILL'))
  await once(doomed.stdout, 'data')
  return {
    async die() {
      doomed.kill('SIGKILL')
      await once(doomed, 'exit')
    },
  }
}

/** A table of labelled rows with its mapping, as an upload leaves them; gives the upload's id. */
async function uploadRows(dataFolder: string, count: number): Promise<string> {
  const upload = randomUUID()
  await writeRows(join(dataFolder, 'imports', upload), count)
  return upload
}

async function writeRows(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const rows = ['kind,out,back,began']
  for (let i = 0; i < count; i += 1) {
    const isWeb = i % 3 > 0
    rows.push([isWeb ? 'web' : 'mail', 5 + (i % 7), isWeb ? 40 + (i % 11) : 10 + (i % 5), 1.7e9 + i].join(','))
  }
  await writeFile(join(folder, 'own.csv'), rows.join('\n'))
  const features = { forward_packets_total_count: 'out', reverse_packets_total_count: 'back' }
  const mapping = { label: 'kind', time: { column: 'began', unit: 's' }, features }
  await writeFile(join(folder, 'own.json'), JSON.stringify(mapping))
}

import { expect, test } from 'vitest'
import { FEATURE_COUNT, FEATURE_NAMES, SEQUENCE_NAMES } from '../features/index.ts'
import { decodeModelArchive, encodeModelArchive } from '../scoring/index.ts'
import { Session } from '../scoring/session.ts'
import { runTrainJob, type TrainingRow } from './index.ts'
import { createRandom } from './random.ts'

/** Two classes told apart by every other column, scans far away from both, some values absent. */
function* rows(count: number): Generator<TrainingRow> {
  const random = createRandom(9)
  for (let i = 0; i < count; i++) {
    const name = ['web', 'video', 'web', 'video', 'scan'][i % 5]
    const shift = { web: 0, video: 2, scan: 9 }[name] ?? 0
    const value = (_: unknown, column: number) => random() + (column % 2) * shift
    const features = Array.from({ length: FEATURE_COUNT }, value).map((v) => (random() < 0.1 ? null : v))
    yield { features, class: name }
  }
}

async function* slowly(source: Iterable<TrainingRow>): AsyncGenerator<TrainingRow> {
  yield* source
}

const trainedAt = new Date('2026-11-22T00:00:00Z')

test('a classifier from an async stream: held-out metrics, progress, the same bytes for the same seed', async () => {
  const shares: number[] = []
  const model = await runTrainJob({
    kind: 'traffic-classifier',
    rows: slowly(rows(500)),
    trainedAt,
    onProgress: (share) => shares.push(share),
  })
  expect(model.description.classes).toEqual(['scan', 'video', 'web'])
  expect(model.description.metrics).toMatchObject({ accuracy: 1, macroF1: 1, trainingRows: 400, holdoutRows: 100 })
  expect(shares.at(-1)).toBe(1)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  const again = await runTrainJob({ kind: 'traffic-classifier', rows: rows(500), trainedAt })
  expect(again).toEqual(model)
  expect(decodeModelArchive(encodeModelArchive(model))).toEqual(model)
})

test('an anomaly forest learns without the scans and ranks them above held-out flows', async () => {
  const { description } = await runTrainJob({ kind: 'anomaly-forest', rows: rows(1000), trainedAt })
  expect(description.metrics.trainingRows).toBe(640)
  expect(description.metrics.scanAuc).toBeGreaterThan(0.9)
  expect(description.metrics.falseAlarmShare).toBeLessThan(0.02)
})

test('an autoencoder learns without the scans and ranks them above held-out flows', async () => {
  const model = await runTrainJob({ kind: 'anomaly-autoencoder', rows: rows(400), trainedAt })
  expect(model.description.kind).toBe('anomaly-autoencoder')
  expect(model.description.metrics.scanAuc).toBeGreaterThan(0.8)
  expect(await runTrainJob({ kind: 'anomaly-autoencoder', rows: rows(400), trainedAt })).toEqual(model)
})

test('a sequence autoencoder reads the first packets alone, and is one more autoencoder to whoever uses it', async () => {
  const options = { kind: 'anomaly-autoencoder', network: 'sequence', rows: rows(400), trainedAt } as const
  const { description, onnx } = await runTrainJob(options)
  expect(description).toMatchObject({
    kind: 'anomaly-autoencoder',
    network: 'sequence',
    lineage: { network: 'sequence' },
  })
  const session = await Session.open(onnx, FEATURE_COUNT)
  const errors = await session.run(new Float32Array(FEATURE_COUNT).fill(7), 'feature_errors')
  const moved = FEATURE_NAMES.filter((_, i) => errors[i] > 0)
  expect(moved.toSorted()).toEqual(SEQUENCE_NAMES.toSorted())
})

test('a longer stream is sampled, rows of another feature set are left out, both are in the lineage', async () => {
  const other: TrainingRow = { features: [1, 2, 3], class: 'web' }
  const { description } = await runTrainJob({
    kind: 'anomaly-forest',
    rows: [other, ...rows(300)],
    maxRows: 200,
    trainedAt,
  })
  expect(description.lineage).toMatchObject({ flowsSeen: 300, flowsUsed: 200, flowsSkipped: 1 })
})

test('refusals say what is missing', async () => {
  const one = { kind: 'traffic-classifier', rows: [...rows(100)].map((row) => ({ ...row, class: 'web' })) } as const
  await expect(runTrainJob(one)).rejects.toMatchObject({ code: 'TRAINING_ONE_CLASS' })
  await expect(runTrainJob({ kind: 'anomaly-forest', rows: rows(3) })).rejects.toMatchObject({
    code: 'TRAINING_TOO_FEW_ROWS',
  })
  const constant = Array.from({ length: 50 }, () => ({ features: new Float32Array(FEATURE_COUNT), class: 'web' }))
  await expect(runTrainJob({ kind: 'anomaly-forest', rows: constant })).rejects.toMatchObject({
    code: 'TRAINING_NO_FEATURE',
  })
})

test('a cancelled job rejects and leaves no worker', async () => {
  const abort = new AbortController()
  const onProgress = (share: number) => share > 0.1 && abort.abort()
  const job = runTrainJob({ kind: 'traffic-classifier', rows: rows(4000), signal: abort.signal, onProgress })
  await expect(job).rejects.toMatchObject({ code: 'TRAINING_ABORTED' })
})

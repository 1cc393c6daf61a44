import { afterEach, expect, test } from 'vitest'
import { Reservoir } from '../dataset/reservoir.ts'
import { FEATURE_COUNT, FEATURE_NAMES } from '../features/index.ts'
import { Scorer, decodeModelArchive, encodeModelArchive, type ModelKind } from '../scoring/index.ts'
import { fitAndJudge } from './fit-and-judge.ts'
import { runTrainJob, type TrainingRow } from './index.ts'
import { createRandom } from './random.ts'
import { fitSequenceAutoencoder } from './train-model.ts'

const KINDS: ModelKind[] = ['traffic-classifier', 'anomaly-forest', 'anomaly-autoencoder']
const open: Scorer[] = []
afterEach(async () => {
  for (const scorer of open.splice(0)) await scorer.close()
})

/** Rows of two classes; `value` says what stands in a column. */
function* rows(count: number, value: (column: number, shift: number, random: number) => number | null) {
  const random = createRandom(3)
  for (let i = 0; i < count; i++) {
    const features = Array.from({ length: FEATURE_COUNT }, (_, column) => value(column, i % 2, random()))
    yield { features, class: i % 2 === 0 ? 'web' : 'video' } satisfies TrainingRow
  }
}

/** What a training job does with its rows, in this thread. */
function fit(kind: ModelKind, rows: Iterable<TrainingRow>) {
  const reservoir = new Reservoir(FEATURE_COUNT, 1000, createRandom(1))
  for (const row of rows) reservoir.add(row.features, row.class)
  return fitAndJudge(reservoir.finish(FEATURE_NAMES), { kind, seed: 1, trainedAt: '', lineage: {} })
}

test.each(KINDS)('%s: nothing but absent values is refused', async (kind) => {
  await expect(
    fit(
      kind,
      rows(200, () => NaN),
    ),
  ).rejects.toMatchObject({ code: 'TRAINING_NO_FEATURE' })
})

test.each(KINDS)('%s: three rows are refused', async (kind) => {
  const code = expect.stringMatching(/^TRAINING_(TOO_FEW_ROWS|ONE_CLASS)$/)
  await expect(
    fit(
      kind,
      rows(3, (_, shift, random) => shift + random),
    ),
  ).rejects.toMatchObject({ code })
})

test.each(KINDS)(
  '%s: infinities, a constant and an absent column are learned from, scores stay numbers',
  async (kind) => {
    const value = (column: number, shift: number, random: number) => {
      if (column === 0) return 5
      if (column === 1) return null
      if (random < 0.1) return random < 0.05 ? Infinity : -Infinity
      return shift + random
    }
    const model = await fit(kind, rows(200, value))
    for (const metric of Object.values(model.description.metrics)) expect(metric).toSatisfy(Number.isFinite)
    open.push(await Scorer.load([model]))
  },
)

test('flows without payload, and tables without the columns, teach no sequence', () => {
  const names = [...FEATURE_NAMES]
  const first = FEATURE_NAMES.indexOf('flow_length_first01_octets')
  const rows = Float32Array.from({ length: 50 * FEATURE_COUNT }, (_, i) => (i % FEATURE_COUNT < first ? i : NaN))
  const data = { featureNames: names, rows, labels: new Uint16Array(50), classes: ['web'] }
  const refusal = (code: string) => expect.objectContaining({ code })
  expect(() => fitSequenceAutoencoder(data, {})).toThrow(refusal('TRAINING_NO_FEATURE'))
  names[first] = 'another'
  expect(() => fitSequenceAutoencoder(data, {})).toThrow(refusal('TABLE_COLUMNS'))
})

test('an archive cut at any place, or with any byte altered, is refused', async () => {
  const model = await fit(
    'anomaly-autoencoder',
    rows(100, (_, shift, random) => shift + random),
  )
  const whole = encodeModelArchive(model)
  const code = expect.stringMatching(/^MODEL_(ALTERED|UNREADABLE)$/)
  const refusal = (bytes: Uint8Array) => {
    try {
      decodeModelArchive(bytes)
      return undefined
    } catch (error) {
      return error
    }
  }
  expect(refusal(whole)).toBeUndefined()
  const head = whole.indexOf(0x0a)
  for (let end = 0; end < whole.length; end += end < head + 5 ? 1 : 997) {
    expect(refusal(whole.subarray(0, end))).toMatchObject({ code })
  }
  for (let at = head + 1; at < whole.length; at += 997) {
    const altered = whole.slice()
    altered[at] ^= 1
    expect(refusal(altered)).toMatchObject({ code: 'MODEL_ALTERED' })
  }
})

test('a model of another feature set is refused, and a stream far longer than the sample is read to its end', async () => {
  const other = { features: [1, 2, 3], class: 'web' }
  async function* endless() {
    for (let i = 0; i < 50_000; i++) yield other
    yield* rows(3000, (_, shift, random) => shift + random)
  }
  const model = await runTrainJob({ kind: 'anomaly-forest', rows: endless(), maxRows: 500 })
  expect(model.description.lineage).toMatchObject({ flowsSeen: 3000, flowsUsed: 500, flowsSkipped: 50_000 })
  const foreign = { ...model, description: { ...model.description, featureSetHash: 'f'.repeat(64) } }
  await expect(Scorer.load([foreign])).rejects.toMatchObject({ code: 'MODEL_FEATURE_SET' })
})

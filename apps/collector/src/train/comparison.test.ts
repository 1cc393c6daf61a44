import { FEATURE_COUNT } from '@picket/ml/features'
import { runTrainJob } from '@picket/ml/training'
import { expect, test } from 'vitest'
import { compareModels, judge } from './comparison.ts'
import { Holdout, type PlacedRow } from './holdout.ts'
import { seededRandom } from './random.ts'

/** Two classes that every other column tells apart; these columns always rise together. */
async function* rows(count: number, options: { seed?: number; isConfused?: boolean } = {}): AsyncGenerator<PlacedRow> {
  const random = seededRandom(options.seed ?? 1)
  for (let index = 0; index < count; index += 1) {
    const isVideo = index % 2 === 1
    const base = isVideo ? 100 : 10
    const size = base + random()
    const features = Array.from({ length: FEATURE_COUNT }, (_, column) =>
      column % 2 === 0 ? size * (column + 1) : random(),
    )
    const isTold = options.isConfused ? random() < 0.5 : isVideo
    yield { features, class: isTold ? 'video' : 'web', sensorId: `host-${index % 4}`, endUs: index * 1e6 }
  }
}

const holdoutOf = (count: number, seed: number) => new Holdout({ seed, firstUs: 0, lastUs: count * 1e6 })

async function train(kind: 'anomaly-forest' | 'traffic-classifier', options: { isConfused?: boolean } = {}) {
  const holdout = holdoutOf(400, 7)
  const model = await runTrainJob({ kind, rows: holdout.filter(rows(400, options)), seed: 7 })
  return { model, holdout }
}

test('the verdict needs an interval beside zero to say better; what measures clearly lower is worse, chance or not', () => {
  expect(judge(null)).toBe('first')
  expect(judge({ value: 0.02, low: 0.01, high: 0.03 })).toBe('better')
  expect(judge({ value: 0.02, low: -0.01, high: 0.05 })).toBe('same')
  expect(judge({ value: -0.005, low: -0.02, high: 0.01 })).toBe('same')
  expect(judge({ value: -0.005, low: -0.008, high: -0.002 })).toBe('worse')
  expect(judge({ value: -0.05, low: -0.2, high: 0.1 })).toBe('worse')
})

test('the holdout is a fifth of the spans of a host and a time, the same for the same seed; no span is on both sides', async () => {
  const drawn: number[][] = []
  for (const seed of [3, 3, 4]) {
    const holdout = holdoutOf(4_000, seed)
    const passed: number[] = []
    const spans = new Set<string>()
    for await (const row of holdout.filter(rows(4_000))) {
      passed.push(row.features[0]!)
      spans.add(`${row.sensorId} ${Math.floor(row.endUs / 1e8)}`)
    }
    expect(holdout.passed + holdout.size).toBe(4_000)
    expect(holdout.size).toBeGreaterThan(500)
    expect(holdout.size).toBeLessThan(1_200)
    expect(holdout.blocks + spans.size).toBe(160)
    drawn.push(passed)
  }
  expect(drawn[0]).toEqual(drawn[1])
  expect(drawn[0]).not.toEqual(drawn[2])
})

test('a classifier that learned nothing is worse than one that did, and the other way round better', async () => {
  const good = await train('traffic-classifier')
  const confused = await train('traffic-classifier', { isConfused: true })
  expect(await compareModels(confused.model, good.model, good.holdout, 1)).toMatchObject({
    verdict: 'worse',
    metric: 'macroF1',
    activeValue: 1,
    activeModelId: good.model.description.id,
  })
  expect((await compareModels(good.model, confused.model, good.holdout, 1)).verdict).toBe('better')
  expect((await compareModels(good.model, good.model, good.holdout, 1)).verdict).toBe('same')
  expect((await compareModels(good.model, undefined, good.holdout, 1)).verdict).toBe('first')
})

test('an anomaly model ranks combinations that do not occur above flows that do', async () => {
  const { model, holdout } = await train('anomaly-forest')
  const { verdict, value } = await compareModels(model, undefined, holdout, 1)
  expect(verdict).toBe('first')
  expect(value).toBeGreaterThan(0.7)
})

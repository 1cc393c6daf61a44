import { FEATURE_COUNT } from '@picket/ml/features'
import { runTrainJob, type TrainingRow } from '@picket/ml/training'
import { expect, test } from 'vitest'
import { compareModels, judge } from './comparison.ts'
import { Holdout } from './holdout.ts'
import { seededRandom } from './random.ts'

/** Two classes that every other column tells apart; these columns always rise together. */
async function* rows(
  count: number,
  options: { seed?: number; isConfused?: boolean } = {},
): AsyncGenerator<TrainingRow> {
  const random = seededRandom(options.seed ?? 1)
  for (let index = 0; index < count; index += 1) {
    const isVideo = index % 2 === 1
    const base = isVideo ? 100 : 10
    const size = base + random()
    const features = Array.from({ length: FEATURE_COUNT }, (_, column) =>
      column % 2 === 0 ? size * (column + 1) : random(),
    )
    const isTold = options.isConfused ? random() < 0.5 : isVideo
    yield { features, class: isTold ? 'video' : 'web' }
  }
}

async function train(kind: 'anomaly-forest' | 'traffic-classifier', options: { isConfused?: boolean } = {}) {
  const holdout = new Holdout(7)
  const model = await runTrainJob({ kind, rows: holdout.filter(rows(400, options)), seed: 7 })
  return { model, holdout }
}

test('the verdict is first, better, same or worse, with a hundredth of tolerance', () => {
  expect(judge(0.9, null)).toBe('first')
  expect(judge(null, 0.9)).toBe('first')
  expect([judge(0.92, 0.9), judge(0.905, 0.9), judge(0.895, 0.9), judge(0.88, 0.9)]).toEqual([
    'better',
    'same',
    'same',
    'worse',
  ])
})

test('the holdout is a fifth of the flows, the same for the same seed, and no model learns from it', async () => {
  const drawn: number[][] = []
  for (const seed of [3, 3, 4]) {
    const holdout = new Holdout(seed)
    const passed: number[] = []
    for await (const row of holdout.filter(rows(1_000))) passed.push(row.features[0]!)
    expect(holdout.passed + holdout.size).toBe(1_000)
    expect(holdout.size).toBeGreaterThan(150)
    expect(holdout.size).toBeLessThan(250)
    drawn.push(passed)
  }
  expect(drawn[0]).toEqual(drawn[1])
  expect(drawn[0]).not.toEqual(drawn[2])
})

test('a classifier that learned nothing is worse than one that did, and the other way round better', async () => {
  const good = await train('traffic-classifier')
  const confused = await train('traffic-classifier', { isConfused: true })
  expect(await compareModels(confused.model, good.model, good.holdout)).toMatchObject({
    verdict: 'worse',
    metric: 'macroF1',
    activeValue: 1,
    activeModelId: good.model.description.id,
  })
  expect((await compareModels(good.model, confused.model, good.holdout)).verdict).toBe('better')
  expect((await compareModels(good.model, good.model, good.holdout)).verdict).toBe('same')
  expect((await compareModels(good.model, undefined, good.holdout)).verdict).toBe('first')
})

test('an anomaly model ranks combinations that do not occur above flows that do', async () => {
  const { model, holdout } = await train('anomaly-forest')
  const { verdict, value } = await compareModels(model, undefined, holdout)
  expect(verdict).toBe('first')
  expect(value).toBeGreaterThan(0.7)
})

import { FEATURE_NAMES, flowFeatures } from '@picket/ml/features'
import { loadBundledModels, Scorer } from '@picket/ml/scoring'
import { type Flow } from '@picket/proto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { flowOf, type FlowFields } from '../../test/flows.ts'
import { Ensemble } from '../score/ensemble.ts'
import { smallestChange } from './smallest-change.ts'
import { UsualFlows } from './usual-flows.ts'

const THRESHOLD = 0.9
let scorer: Scorer
let ensemble: Ensemble
let leftOut = 0

beforeAll(async () => {
  scorer = await Scorer.load(await loadBundledModels())
})
afterAll(() => scorer.close())
beforeEach(() => {
  leftOut = 0
  ensemble = new Ensemble({ scorer, threshold: () => THRESHOLD, onLeftOut: (flows) => (leftOut += flows) })
})

async function refined(flows: Flow[]): Promise<Flow[]> {
  await scorer.score(flows)
  await ensemble.refine(flows)
  return flows
}

const many = (count: number, fields: (i: number) => FlowFields): Flow[] =>
  Array.from({ length: count }, (_, i) => flowOf(fields(i)))
const scan = (count: number, aSecond: number) =>
  refined(many(count, (i) => ({ port: 1 + i, sourcePort: 1024 + i, atSeconds: i / aSecond })))

test('reasons name feature, part, value and usual range, the strongest first; the smallest change does not fire', async () => {
  const flows = await scan(300, 2)
  const explained = flows.filter(({ anomalyExplanation }) => anomalyExplanation)
  expect(explained.length).toBeGreaterThan(100)
  for (const flow of explained.slice(-20)) {
    const { reasons, smallestChange, threshold } = flow.anomalyExplanation!
    expect(threshold).toBe(THRESHOLD)
    expect(reasons.length).toBeGreaterThan(0)
    expect(reasons.length).toBeLessThanOrEqual(5)
    expect(reasons.every(({ share }, i) => share > 0 && (i === 0 || share <= reasons[i - 1].share))).toBe(true)
    const vector = flowFeatures(flow)
    for (const { feature, observed } of reasons) {
      const column = FEATURE_NAMES.indexOf(feature)
      if (column >= 0) expect(observed ?? NaN).toBe(vector[column])
    }
    for (const { feature, from, to } of smallestChange) {
      expect(from, feature).not.toEqual(to)
      expect(reasons.length > 0).toBe(true)
    }
  }
  const features = new Set(
    explained.flatMap(({ anomalyExplanation }) => anomalyExplanation!.reasons.map((r) => r.feature)),
  )
  expect([...features]).toContain('context_source_ports_count')
})

test('flows below the threshold are not explained; no more than twenty at once and one a second are, and the rest is counted', async () => {
  const usual = await refined(many(50, (i) => ({ outcome: 'served', port: 443, atSeconds: i })))
  for (const { anomaly, anomalyExplanation } of usual) expect(!anomalyExplanation).toBe((anomaly ?? 0) < THRESHOLD)
  const flows = await scan(400, 400)
  const anomalous = flows.filter(({ anomaly }) => (anomaly ?? 0) >= THRESHOLD)
  const explained = anomalous.filter(({ anomalyExplanation }) => anomalyExplanation)
  expect(explained.length).toBeGreaterThanOrEqual(18)
  expect(explained.length).toBeLessThanOrEqual(22)
  expect(leftOut).toBe(anomalous.length - explained.length)
  expect(leftOut).toBeGreaterThan(100)
})

test('the same flows get the same explanations', async () => {
  const first = await scan(60, 10)
  ensemble = new Ensemble({ scorer, threshold: () => THRESHOLD })
  const again = await scan(60, 10)
  expect(again).toEqual(first)
})

test('the smallest change is the shortest run of columns that is enough, without those that are not needed', async () => {
  // It fires unless both 2 and 5 are put back.
  const judge = (changes: readonly (readonly number[])[]) =>
    Promise.resolve(Float64Array.from(changes, (columns) => (columns.includes(2) && columns.includes(5) ? 0.1 : 1)))
  expect(await smallestChange([9, 2, 4, 5, 7], 0.9, judge)).toEqual([2, 5])
  expect(await smallestChange([9, 2, 4], 0.9, judge)).toEqual([])
  expect(await smallestChange([], 0.9, judge)).toEqual([])
})

test('usual flows: enough before they speak, later ones take the place of earlier ones, memory is bounded', () => {
  const usual = new UsualFlows(1)
  const add = (name: string, value: number) => {
    if (usual.wants(name)) usual.add(name, Float32Array.of(value))
  }
  for (let i = 0; i < 63; i++) add('a', 0)
  expect(usual.rowsOf('a')).toBeUndefined()
  for (let i = 0; i < 5000; i++) add('a', 0)
  const before = usual.rowsOf('a')!.revision
  for (let i = 0; i < 20_000; i++) add('a', 1)
  const { rows, revision } = usual.rowsOf('a')!
  expect(rows).toHaveLength(256)
  expect(rows.reduce((sum, value) => sum + value, 0) / 256).toBeGreaterThan(0.9)
  expect(revision).toBeGreaterThan(before)
  for (let i = 0; i < 8; i++) add(`b${i}`, 1)
  expect(usual.rowsOf('a')).toBeUndefined()
})

import { expect, test } from 'vitest'
import { trainIsolationForest } from '../training/isolation-forest.ts'
import { createRandom } from '../training/random.ts'
import { trainRandomForest } from '../training/random-forest.ts'
import { AnomalyExplainer, ClassExplainer } from './index.ts'

const F = 24
const names = Array.from({ length: F }, (_, i) => `f${i}`)

/** Uniform columns, heavy tails, some absent, two that go together. */
function usualRows(count: number, seed: number): Float32Array {
  const random = createRandom(seed)
  const rows = new Float32Array(count * F)
  for (let i = 0; i < rows.length; i++) {
    const column = i % F
    rows[i] = column % 3 === 0 ? Math.exp(random() * 8) : random()
    if (column === 5 && random() < 0.2) rows[i] = NaN
    if (column === 7) rows[i] = rows[i - 1] * 2
  }
  return rows
}

test('a planted cause is among the first three reasons of at least 90 in 100 planted anomalies', () => {
  const reference = usualRows(3000, 1)
  const forest = trainIsolationForest(reference, F, { seed: 2 })
  const explainer = new AnomalyExplainer(forest, names, reference)
  const random = createRandom(3)
  const plants = 200
  const rows = usualRows(plants, 4)
  let found = 0
  let undone = 0
  for (let i = 0; i < plants; i++) {
    const row = rows.slice(i * F, (i + 1) * F)
    const column = Math.floor(random() * F)
    row[column] = column % 3 === 0 ? Math.exp(12 + random() * 3) : 3 + random() * 4
    const { reasons, smallestChange } = explainer.explain(row, { threshold: 0.95, count: 3 })
    if (reasons.some(({ feature }) => feature === names[column])) found++
    const changed = row.slice()
    for (const { feature, to } of smallestChange) changed[names.indexOf(feature)] = to
    if (forest.predict(changed).anomaly[0] < 0.95) undone++
  }
  expect(found / plants).toBeGreaterThanOrEqual(0.9)
  expect(undone).toBe(plants)
})

test('contributions and the base add up to the share of votes', () => {
  const rows = usualRows(500, 5)
  const labels = Uint16Array.from({ length: 500 }, (_, i) => (rows[i * F + 1] > 0.6 ? 2 : rows[i * F + 3] > 60 ? 1 : 0))
  const forest = trainRandomForest(rows, labels, { featureCount: F, classCount: 3 }, { trees: 20 })
  const explainer = new ClassExplainer(forest, names, rows)
  const row = rows.slice(F * 10, F * 11)
  const shares = forest.predict(row)
  for (let k = 0; k < 3; k++) {
    const sum = explainer.explain(row, k).reduce((total, { contribution }) => total + contribution, explainer.base(k))
    expect(sum).toBeCloseTo(shares[k], 5)
  }
})

test('an extended forest and a host without rows are refused', () => {
  const rows = usualRows(200, 6)
  const extended = trainIsolationForest(rows, F, { directions: 20 })
  expect(() => new AnomalyExplainer(extended, names, rows)).toThrow('directions')
  expect(() => new AnomalyExplainer(trainIsolationForest(rows, F), names, new Float32Array())).toThrow('reference row')
})

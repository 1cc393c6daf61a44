import { expect, test } from 'vitest'
import { MISSING, binColumns } from './bins.ts'
import { LABEL_BITS, LABEL_MASK } from './binned-rows.ts'
import { trainIsolationForest, trainRandomForest, trainRandomForestOnThreads } from './index.ts'
import { averagePath } from './isolation-tree.ts'
import { Jitter } from './jitter.ts'
import { fitQuantileMap, mapQuantile } from './quantile-map.ts'
import { orderedKeys } from './ordered-keys.ts'
import { permutationImportance } from './permutation-importance.ts'
import { calibrateRow, fitCalibration } from './probability-calibration.ts'
import { createRandom, sampleIndices } from './random.ts'
import { SplitSearch } from './split-search.ts'

/** Two columns: one uniform, one constant. */
function usualRows(count: number): Float32Array {
  const random = createRandom(4)
  return Float32Array.from({ length: count * 2 }, (_, i) => (i % 2 === 0 ? random() : 3))
}

test('the same seed draws the same numbers, without repeats in a sample', () => {
  const draw = () => [...sampleIndices(100, 60, createRandom(7))]
  expect(draw()).toEqual(draw())
  expect(new Set(draw()).size).toBe(60)
})

test('mean path lengths of the paper: c(2) = 1, c(256) = 10.24', () => {
  expect(averagePath(1)).toBe(0)
  expect(averagePath(2)).toBe(1)
  expect(averagePath(256)).toBeCloseTo(10.244, 2)
})

test('bins: one a value while there are few, absent apart, an edge is below the next value', () => {
  const [column] = binColumns(Float32Array.of(5, NaN, 1, 1.5, 5), 1, 1)
  expect([...column.codes]).toEqual([2, MISSING, 0, 1, 2])
  expect([...column.edges]).toEqual([1.25, 3.25])
  const [tight] = binColumns(Float32Array.of(16777216, 16777218), 1, 1)
  expect(16777216 <= tight.edges[0] && tight.edges[0] < 16777218).toBe(true)
})

test('bins: a value that half of the rows have keeps a bin of its own', () => {
  const values = Float32Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 7 : i))
  const [{ codes, edges }] = binColumns(values, 1, 1)
  expect(edges.length).toBeLessThan(255)
  const sevens = codes[0]
  expect([...codes].filter((code, i) => code === sevens && values[i] > 40)).toEqual([])
})

test('isolation forest: far rows score above near ones, a quantile of the training rows is calibrated', () => {
  const rows = usualRows(2000)
  const forest = trainIsolationForest(rows, 2, { seed: 1 })
  const { anomaly } = forest.predict(rows)
  const share = anomaly.filter((value) => value >= 0.9).length / anomaly.length
  expect(share).toBeGreaterThan(0.07)
  expect(share).toBeLessThan(0.13)
  const [near, far, absent] = forest.predict(Float32Array.of(0.5, 3, 40, 3, NaN, 3)).anomaly
  expect(near).toBeLessThan(0.9)
  expect(far).toBeGreaterThan(0.99)
  expect(absent).toBeGreaterThan(near)
})

test('isolation forest: oblique cuts see what lies inside of every column but off the diagonal', () => {
  const random = createRandom(6)
  const rows = new Float32Array(4000)
  for (let i = 0; i < 2000; i++) rows.fill(random(), i * 2, i * 2 + 2)
  const off = Float32Array.of(0.85, 0.15, 0.5, 0.5)
  const gap = (directions: number) => {
    const [odd, usual] = trainIsolationForest(rows, 2, { directions, outsideShare: 0 }).predict(off).score
    return odd - usual
  }
  expect(gap(50)).toBeGreaterThan(0.1)
  expect(gap(50)).toBeGreaterThan(gap(0))
})

test('isolation forest: what is constant in training makes a row unusual, but not without cuts outside of the range', () => {
  const odd = Float32Array.of(0.5, 9)
  const usual = Float32Array.of(0.5, 3)
  const withCuts = trainIsolationForest(usualRows(1000), 2, { seed: 1 })
  expect(withCuts.predict(odd).score[0]).toBeGreaterThan(withCuts.predict(usual).score[0])
  const published = trainIsolationForest(usualRows(1000), 2, { seed: 1, outsideShare: 0 })
  expect(published.predict(odd)).toEqual(published.predict(usual))
})

test('random forest: absence is a value to split on, whichever side it is on', () => {
  const rows = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? NaN : i))
  const labels = Uint16Array.from({ length: 400 }, (_, i) => i % 2)
  const shape = { featureCount: 1, classCount: 2 }
  const forest = trainRandomForest(rows, labels, shape, { trees: 10 })
  const [absent0, , , present1] = forest.predict(Float32Array.of(NaN, 200))
  expect(absent0).toBeCloseTo(1, 5)
  expect(present1).toBeCloseTo(1, 5)
})

test('random forest: where the absent are like the small, they go with them', () => {
  const rows = Float32Array.from({ length: 300 }, (_, i) => [NaN, 1 + (i % 7), 100 + (i % 7)][i % 3])
  const labels = Uint16Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? 1 : 0))
  const { trees } = trainRandomForest(rows, labels, { featureCount: 1, classCount: 2 }, { trees: 5 })
  for (const tree of trees) {
    expect(tree.feature.length).toBe(3)
    expect(tree.missingLeft[0]).toBe(1)
  }
})

test('random forest: the same trees on one thread and on three, judged out of bag the same', async () => {
  const random = createRandom(8)
  const rows = Float32Array.from({ length: 3000 * 4 }, (_, i) => (i % 9 === 0 ? NaN : random()))
  const labels = Uint16Array.from({ length: 3000 }, (_, i) =>
    rows[i * 4 + 1] + 0.2 * random() > 0.6 ? 1 : i % 7 === 0 ? 2 : 0,
  )
  const shape = { featureCount: 4, classCount: 3 }
  const options = { trees: 7, outOfBag: true, seed: 5 }
  const alone = trainRandomForest(rows, labels, shape, options)
  const together = await trainRandomForestOnThreads(rows, labels, shape, { ...options, threads: 3 })
  expect(together).toEqual(alone)
  expect(alone.outOfBag?.accuracy).toBeGreaterThan(0.7)
  expect(alone.outOfBag?.accuracy).toBeLessThan(0.95)
})

test('random forest: histogram and sorted keys find the same cut, with absent values and without', () => {
  const random = createRandom(12)
  for (let round = 0; round < 200; round++) {
    const count = 2 + Math.floor(random() * 60)
    const rows = Uint32Array.from({ length: count }, (_, i) => i)
    const tags = rows.map(() => ((1 + Math.floor(random() * 3)) << LABEL_BITS) | Math.floor(random() * 3))
    const codes = Uint8Array.from(rows, () => (round % 2 === 1 && random() < 0.3 ? MISSING : Math.floor(random() * 9)))
    const found = ['histogram', 'sorted'].map((way) => {
      const search = new SplitSearch(Float64Array.of(1, 2, 1), 1 + (round % 3), nodeCounts(tags, [1, 2, 1]))
      const varies =
        way === 'sorted'
          ? search.trySorted(0, orderedKeys(codes, 0, { rows, tags }, 0, count), count)
          : search.tryHistogram(0, codes, 0, { rows, tags, from: 0, to: count })
      return { varies, ...search.best, gain: search.best.gain.toFixed(9) }
    })
    expect(found[1]).toEqual(found[0])
  }
})

function nodeCounts(tags: Uint32Array, weights: number[]) {
  const weighted = new Float64Array(weights.length)
  for (const tag of tags) weighted[tag & LABEL_MASK] += (tag >>> LABEL_BITS) * weights[tag & LABEL_MASK]
  const total = weighted.reduce((sum, weight) => sum + weight, 0)
  const squares = weighted.reduce((sum, weight) => sum + weight ** 2, 0)
  return { weighted, total, squares, draws: tags.reduce((sum, tag) => sum + (tag >>> LABEL_BITS), 0) }
}

test('permutation importance: the column that decides is worth the accuracy, the others nothing', () => {
  const random = createRandom(3)
  const rows = Float32Array.from({ length: 600 * 3 }, () => random())
  const labels = Uint16Array.from({ length: 600 }, (_, i) => (rows[i * 3 + 1] > 0.5 ? 1 : 0))
  const forest = trainRandomForest(rows, labels, { featureCount: 3, classCount: 2 }, { trees: 20, featuresPerNode: 3 })
  const [before, decides, after] = permutationImportance(forest, rows, labels, 1)
  expect(decides).toBeGreaterThan(0.4)
  expect(Math.max(before, after)).toBeLessThan(0.05)
})

test('calibration: shares that are too timid become sure, the order stays', () => {
  const shares = Float32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 0.6 : 0.4))
  const labels = Uint16Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0))
  const calibration = fitCalibration(shares, labels, { classCount: 2, floor: 0.005 })
  const row = Float32Array.of(0.6, 0.4)
  calibrateRow(row, calibration)
  expect(row[0]).toBeCloseTo(0.9, 2)
})

test('random forest: balanced weights lift a rare class; depth and leaf size are kept', () => {
  const random = createRandom(2)
  const rows = Float32Array.from({ length: 2000 }, () => random())
  const labels = Uint16Array.from(rows, (x) => (x > 0.9 && random() < 0.4 ? 1 : 0))
  const shape = { featureCount: 1, classCount: 2 }
  const plain = trainRandomForest(rows, labels, shape, { trees: 20, maxDepth: 1 })
  const balanced = trainRandomForest(rows, labels, shape, { trees: 20, maxDepth: 1, classWeights: 'balanced' })
  const rare = Float32Array.of(0.97)
  expect(plain.predict(rare)[1]).toBeLessThan(0.5)
  expect(balanced.predict(rare)[1]).toBeGreaterThan(0.8)
  expect(balanced.trees.every((tree) => tree.feature.length <= 3)).toBe(true)
})

test('quantile map: the share of sums that are higher, 1 at what the forest cannot go below', () => {
  const sums = Float32Array.from({ length: 1000 }, (_, i) => 100 + i)
  const map = fitQuantileMap(sums, 50)
  for (const [sum, anomaly] of [
    [50, 1],
    [40, 1],
    [100, 0.999],
    [599, 0.5],
    [1099, 0],
    [2000, 0],
  ]) {
    expect(mapQuantile(map, sum)).toBeCloseTo(anomaly, 2)
  }
  expect(mapQuantile(map, 75)).toBeGreaterThan(0.999)
  expect(mapQuantile(fitQuantileMap(Float32Array.of(5, 5, 5), 5), 5)).toBe(0)
})

test('jitter stretches times, divides rates, scales lengths, leaves counts and absence alone', () => {
  const names = [
    'flow_duration_total_us',
    'flow_packets_rate_per_s',
    'flow_opening_mean_octets',
    'forward_syn_total_count',
  ]
  const jitter = new Jitter(names, { stretch: [100, 100], size: 0.1 }, createRandom(1))
  const out = new Float32Array(4)
  jitter.copy(Float32Array.of(1000, 1000, 1000, 1), out, 0)
  expect(out[0] / 100_000).toBeCloseTo(1, 0)
  expect(out[1] / 10).toBeCloseTo(1, 0)
  expect(Math.abs(out[2] - 1000)).toBeLessThanOrEqual(100)
  expect(out[3]).toBe(1)
  jitter.copy(Float32Array.of(NaN, NaN, NaN, NaN), out, 0)
  expect(out.every((value) => Number.isNaN(value))).toBe(true)
})

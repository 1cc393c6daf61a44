import { expect, test } from 'vitest'
import { trainAutoencoder } from '../autoencoder/index.ts'
import { fromRowText, toRowText } from '../model/row-text.ts'
import { exportOnnx } from '../onnx/index.ts'
import { leafOf } from '../training/decision-tree.ts'
import { trainIsolationForest } from '../training/isolation-forest.ts'
import { createRandom, type Random } from '../training/random.ts'
import { readTrees } from './forest-trees.ts'
import { ForestPaths, pathShortening } from './live.ts'

const F = 24
const metadata = { featureNames: Array.from({ length: F }, (_, i) => `f${i}`), featureSetHash: '', lineage: {} }

/** Three hidden causes behind all columns, heavy tails in every third, one column seldom there. */
function usualRows(count: number, random: Random): Float32Array {
  const rows = new Float32Array(count * F)
  for (let i = 0; i < count; i++) {
    const causes = [random(), random(), random()]
    for (let f = 0; f < F; f++) {
      const value = causes[f % 3] + 0.2 * random()
      rows[i * F + f] = f % 3 === 0 ? Math.exp(6 * value) : value
    }
    if (random() < 0.8) rows[i * F + 5] = NaN
  }
  return rows
}

/** Share of rows with one planted value whose column is among the three that `movesOf` finds strongest. */
function shareFound(movesOf: (row: Float32Array) => ArrayLike<number>): number {
  const random = createRandom(4)
  const plants = 200
  const rows = usualRows(plants, random)
  let found = 0
  for (let i = 0; i < plants; i++) {
    const row = rows.slice(i * F, (i + 1) * F)
    const column = Math.floor(random() * F)
    row[column] = column % 3 === 0 ? Math.exp(14 + random() * 3) : 5 + random() * 4
    const moves = Array.from(movesOf(row), (move, f) => ({ move, f })).sort((a, b) => b.move - a.move)
    if (moves.slice(0, 3).some(({ f }) => f === column)) found++
  }
  return found / plants
}

test('a planted cause is among the first three errors of the autoencoder in at least 90 of 100 rows', () => {
  const rows = usualRows(3000, createRandom(1))
  const network = trainAutoencoder(rows, F, { seed: 2, epochs: 15 })
  const { featureErrors } = network.predict(rows)
  const usual = new Float64Array(F)
  featureErrors.forEach((error, i) => (usual[i % F] += (error * F) / featureErrors.length))
  expect(
    shareFound((row) => network.predict(row).featureErrors.map((error, f) => error - usual[f])),
  ).toBeGreaterThanOrEqual(0.9)
})

test('the trees read from a graph say what the forest says, and find a planted cause in at least 90 of 100 rows', () => {
  const rows = usualRows(2000, createRandom(1))
  const forest = trainIsolationForest(rows, F, { seed: 2 })
  const onnx = exportOnnx(forest, metadata)
  const read = readTrees(onnx, F) ?? []
  expect(read).toHaveLength(forest.trees.length)
  const sums = forest.pathSums(rows)
  for (let i = 0; i < 50; i++) {
    expect(read.reduce((sum, tree) => sum + tree.values[leafOf(tree, rows, i * F)], 0)).toBeCloseTo(sums[i], 3)
  }
  const trees = ForestPaths.read(Buffer.from(onnx), F)?.overRows(rows, F) ?? []
  expect(shareFound((row) => pathShortening(trees, row))).toBeGreaterThanOrEqual(0.9)
})

test('an extended forest has no paths along features, nor has an autoencoder', () => {
  const rows = usualRows(200, createRandom(3))
  expect(ForestPaths.read(exportOnnx(trainIsolationForest(rows, F, { directions: 10 }), metadata), F)).toBeUndefined()
  expect(ForestPaths.read(exportOnnx(trainAutoencoder(rows, F, { epochs: 1 }), metadata), F)).toBeUndefined()
})

test('rows come back from their text as they were, at most 64, evenly out of all', () => {
  const rows = usualRows(640, createRandom(5))
  const back = fromRowText(toRowText(rows, F), F)
  expect(back).toHaveLength(64 * F)
  expect(back.slice(F, 2 * F)).toEqual(rows.slice(10 * F, 11 * F))
  expect(fromRowText(toRowText(rows.subarray(0, 3 * F), F), F)).toEqual(rows.slice(0, 3 * F))
  expect(fromRowText('not rows', F)).toHaveLength(0)
})

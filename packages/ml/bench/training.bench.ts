/**
 * What training costs: `node packages/ml/bench/training.bench.ts [ROWS]`. One JSON object a line. Rows are drawn by seed: 48
 * columns, a third of them heavy-tailed, 8 classes that depend on a dozen of the columns.
 */
import { createRandom } from '../src/training/random.ts'
import { trainIsolationForest } from '../src/training/isolation-forest.ts'
import { trainRandomForest } from '../src/training/random-forest.ts'

const ROWS = Number(process.argv[2] ?? 20_000)
const COLUMNS = 48
const CLASSES = 8

const random = createRandom(1)
const rows = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) =>
  (i % COLUMNS) % 3 === 0 ? Math.exp(random() * 12) : random(),
)
const labels = Uint16Array.from({ length: ROWS }, (_, i) => {
  let sum = random() * 0.5
  for (let column = 1; column < 13; column += 3) sum += rows[i * COLUMNS + column] + rows[i * COLUMNS + column + 1]
  return Math.min(CLASSES - 1, Math.floor(sum * 0.95))
})

let startedAt = performance.now()
const forest = trainRandomForest(rows, labels, { featureCount: COLUMNS, classCount: CLASSES }, { trees: 20 })
const nodes = forest.trees.reduce((sum, tree) => sum + tree.feature.length, 0)
report('train-random-forest', { rows: ROWS, columns: COLUMNS, trees: 20, nodes, seconds: secondsSince(startedAt) })

startedAt = performance.now()
const isolation = trainIsolationForest(rows, COLUMNS, { trees: 100 })
const fitted = secondsSince(startedAt)
startedAt = performance.now()
isolation.predict(rows)
report('train-isolation-forest', {
  rows: ROWS,
  columns: COLUMNS,
  trees: 100,
  seconds: fitted,
  score_seconds: secondsSince(startedAt),
})

function secondsSince(from: number): number {
  return Math.round(performance.now() - from) / 1000
}

function report(bench: string, figures: Record<string, number>): void {
  console.log(JSON.stringify({ bench, ...figures }))
}

import { afterEach, expect, test } from 'vitest'
import { trainAutoencoder } from '../autoencoder/index.ts'
import { InferenceGraph } from '../inference/index.ts'
import { OnnxruntimeSession } from '../scoring/onnxruntime-session.ts'
import { createRandom } from '../training/random.ts'
import { trainIsolationForest } from '../training/isolation-forest.ts'
import { trainRandomForest } from '../training/random-forest.ts'
import { OUTPUT, exportOnnx } from './index.ts'

const F = 12
const MAX = 3.4028234663852886e38
const open: OnnxruntimeSession[] = []
afterEach(async () => {
  for (const session of open.splice(0)) await session.close()
})

/** A model in both engines: onnxruntime, the reference, and ours. */
async function openBoth(onnx: Uint8Array): Promise<((rows: Float32Array, output: string) => Promise<Float32Array>)[]> {
  const reference = await OnnxruntimeSession.open(onnx, F)
  open.push(reference)
  const graph = InferenceGraph.read(onnx, F)
  return [(rows, output) => reference.run(rows, output), (rows, output) => Promise.resolve(graph.run(rows, output))]
}

/** Heavy tails, whole numbers with many ties, absent values, a constant column: what flow features look like. */
function sampleRows(count: number, seed: number): Float32Array {
  const random = createRandom(seed)
  const rows = new Float32Array(count * F)
  for (let i = 0; i < count; i++) {
    for (let f = 0; f < F; f++) {
      const u = random()
      rows[i * F + f] = f === 0 ? 7 : f < 5 ? Math.floor(u * 6) : f < 9 ? Math.exp(u * 20) : u - 0.5
      if (f % 3 === 1 && random() < 0.3) rows[i * F + f] = NaN
    }
  }
  return rows
}

/** Rows made to break parity: all absent, infinities, extremes, and values on, just below and just above thresholds. */
function edgeRows(thresholds: number[]): Float32Array {
  const extremes = [NaN, Infinity, -Infinity, MAX, -MAX, 0, -0, 1e-45, -1e-45, 16777217]
  const near = thresholds.flatMap((t) => [t, neighbour(t, 1), neighbour(t, -1)])
  const values = [...extremes, ...near]
  const random = createRandom(5)
  const rows = new Float32Array((values.length + 1000) * F)
  for (let i = 0; i < rows.length; i++) {
    rows[i] = i < values.length * F ? values[Math.floor(i / F)] : values[Math.floor(random() * values.length)]
  }
  return rows
}

/** The next float32 up or down. */
function neighbour(value: number, step: number): number {
  const float = Float32Array.of(value)
  const bits = new Int32Array(float.buffer)
  bits[0] += value >= 0 ? step : -step
  return float[0]
}

const thresholdsOf = (trees: readonly { threshold: Float32Array }[]) =>
  trees
    .flatMap((tree) => [...tree.threshold])
    .filter((t) => Number.isFinite(t))
    .slice(0, 1500)

function largestGap(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i])), 0)
}

const metadata = { featureNames: Array.from({ length: F }, (_, i) => `f${i}`), featureSetHash: '', lineage: {} }

test.each([0, 40])(
  "isolation forest, %i oblique directions: both engines give the trainer's score and anomaly",
  async (directions) => {
    const rows = sampleRows(3000, 1)
    const forest = trainIsolationForest(rows, F, { seed: 3, directions })
    const engines = await openBoth(exportOnnx(forest, metadata))
    for (const input of [rows, sampleRows(3000, 2), edgeRows(thresholdsOf(forest.trees))]) {
      const expected = forest.predict(input)
      for (const run of engines) {
        expect(largestGap(await run(input, OUTPUT.score), expected.score)).toBeLessThan(1e-5)
        expect(largestGap(await run(input, OUTPUT.anomaly), expected.anomaly)).toBeLessThan(1e-5)
      }
    }
  },
)

test.each([2, 3, 16])(
  "random forest of %i classes: both engines give the trainer's probabilities",
  async (classCount) => {
    const rows = sampleRows(3000, 1)
    const labels = Uint16Array.from({ length: 3000 }, (_, i) =>
      Number.isNaN(rows[i * F + 1])
        ? classCount - 1
        : Math.floor(Math.abs(rows[i * F + 2] * 7 + rows[i * F + 9] * 4)) % classCount,
    )
    const forest = trainRandomForest(
      rows,
      labels,
      { featureCount: F, classCount },
      { seed: 3, trees: 30, classWeights: 'balanced', outOfBag: classCount > 2 },
    )
    const engines = await openBoth(exportOnnx(forest, metadata))
    for (const input of [rows, sampleRows(3000, 2), edgeRows(thresholdsOf(forest.trees))]) {
      const [reference, actual] = await Promise.all(engines.map((run) => run(input, OUTPUT.probabilities)))
      expect(largestGap(reference, forest.predict(input))).toBeLessThan(1e-5)
      expect(largestGap(actual, forest.predict(input))).toBeLessThan(1e-5)
      if (!forest.calibration) expect(actual).toEqual(reference)
    }
  },
)

test.each([
  { name: 'dense' },
  { name: 'dense, of the first columns,', readCount: 9 },
  { name: 'sequence', sequence: [1, 10, 4, 7, 9, 6, 8, 11] },
])(
  "$name autoencoder: both engines give the trainer's score, anomaly and errors of the features",
  async ({ name: _name, ...options }) => {
    const rows = sampleRows(3000, 1)
    const network = trainAutoencoder(rows, F, { seed: 3, epochs: 8, ...options })
    const engines = await openBoth(exportOnnx(network, metadata))
    for (const input of [rows, sampleRows(3000, 2), edgeRows([0.5, 100])]) {
      const expected = network.predict(input)
      for (const run of engines) {
        expect(largestGap(await run(input, OUTPUT.score), expected.score)).toBeLessThan(1e-5)
        expect(largestGap(await run(input, OUTPUT.anomaly), expected.anomaly)).toBeLessThan(1e-5)
        expect(largestGap(await run(input, OUTPUT.featureErrors), expected.featureErrors)).toBeLessThan(1e-5)
      }
    }
  },
)

import { expect, test } from 'vitest'
import { MlError } from '../errors.ts'
import { FEATURE_COUNT } from '../features/index.ts'
import { loadBundledModels } from '../model/model-folder.ts'
import { exportOnnx } from '../onnx/index.ts'
import { encodeOnnxModel } from '../onnx/onnx-messages.ts'
import { OnnxruntimeSession } from '../scoring/onnxruntime-session.ts'
import { Session } from '../scoring/session.ts'
import { createRandom } from '../training/random.ts'
import { trainIsolationForest } from '../training/isolation-forest.ts'
import { InferenceGraph, UnsupportedGraph } from './index.ts'

/** Rows from nothing to the largest floats, many absent, some of them infinite. */
function sampleRows(count: number, columns: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: count * columns }, () => {
    const u = random()
    if (u < 0.3) return NaN
    if (u < 0.31) return random() < 0.5 ? Infinity : -Infinity
    return u < 0.6 ? Math.floor(random() * 4) : Math.exp(random() * 30 - 5)
  })
}

const models = await loadBundledModels()

test.each(models.map((model) => [model.description.kind, model] as const))(
  'the bundled %s scores as in onnxruntime, in batches of any size',
  async (kind, { onnx }) => {
    const graph = InferenceGraph.read(onnx, FEATURE_COUNT)
    const reference = await OnnxruntimeSession.open(onnx, FEATURE_COUNT)
    const outputs = kind === 'traffic-classifier' ? ['probabilities'] : ['score', 'anomaly']
    for (const count of [0, 1, 3, 127, 128, 129, 1000]) {
      const rows = sampleRows(count, FEATURE_COUNT, count + 1)
      for (const output of outputs) {
        const actual = graph.run(rows, output)
        const expected = count > 0 ? await reference.run(rows, output) : new Float32Array()
        expect(actual.length).toBe(expected.length)
        actual.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-5))
      }
    }
    await reference.close()
  },
)

const rows = sampleRows(300, 3, 1).map((value) => (Number.isFinite(value) ? value : NaN))
const forest = trainIsolationForest(rows, 3, { trees: 3, sampleSize: 16, directions: 2 })
const small = exportOnnx(forest, { featureNames: ['a', 'b', 'c'], featureSetHash: '', lineage: {} })

/** Reads and scores; what comes is numbers or a refusal. */
function tryModel(onnx: Uint8Array): 'scored' | 'refused' {
  try {
    InferenceGraph.read(onnx, 3).run(rows, 'anomaly')
    return 'scored'
  } catch (error) {
    if (!(error instanceof MlError) && !(error instanceof UnsupportedGraph)) throw error
    return 'refused'
  }
}

test('a model cut anywhere is refused, or scores if the cut only cost its description', () => {
  expect(tryModel(small)).toBe('scored')
  for (let length = 0; length < small.length / 2; length += 7) {
    expect(tryModel(small.subarray(0, length)), String(length)).toBe('refused')
  }
})

test('octets changed at random are refused or score: no other error, no endless tree', () => {
  const random = createRandom(7)
  for (let i = 0; i < 500; i++) {
    const changed = Uint8Array.from(small)
    for (let k = 0; k < 3; k++) changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256)
    tryModel(changed)
  }
})

const float = (width: number) => ({ element: 'float' as const, dims: ['rows', width] })
const withOperator = (operator: string) =>
  encodeOnnxModel({
    name: 'one',
    nodes: [{ operator, inputs: ['features'], outputs: ['score'] }],
    initializers: [],
    inputs: [{ name: 'features', ...float(2) }],
    outputs: [{ name: 'score', ...float(2) }],
    operatorSets: [{ domain: '', version: 13 }],
    metadata: {},
  })

test('an operator that is not known here is left to onnxruntime, one that nobody knows is refused by name', async () => {
  const tanh = withOperator('Tanh')
  expect(() => InferenceGraph.read(tanh, 2)).toThrow(UnsupportedGraph)
  const session = await Session.open(tanh, 2)
  expect([...(await session.run(Float32Array.of(0, 9), 'score'))]).toEqual([0, expect.closeTo(1, 5)])
  await session.close()
  await expect(Session.open(withOperator('Invented'), 2)).rejects.toMatchObject({
    code: 'MODEL_UNREADABLE',
    message: expect.stringContaining('Invented'),
  })
})

test('an output that the graph does not have is refused', () => {
  expect(() => InferenceGraph.read(small, 3).run(rows, 'nothing')).toThrow('no output nothing')
})

import type { IsolationForest } from '../training/isolation-forest.ts'
import type { RandomForest } from '../training/random-forest.ts'
import { STEP_RANGE, type Projection } from '../training/projection.ts'
import { encodeOnnxModel, type OnnxNode, type OnnxTensor } from './onnx-messages.ts'
import { ML_DOMAIN, ML_VERSION, treeAttributes } from './tree-ensemble.ts'

export interface ExportMetadata {
  featureNames: readonly string[]
  featureSetHash: string
  /** Classifier only: class of each probability. */
  classes?: readonly string[]
  lineage: Record<string, unknown>
}

/** Names of the graph's input and outputs. */
export const INPUT = 'features'
export const OUTPUT = { probabilities: 'probabilities', label: 'label', score: 'score', anomaly: 'anomaly' } as const

const OPERATOR_SETS = [
  { domain: '', version: 13 },
  { domain: ML_DOMAIN, version: ML_VERSION },
]

/**
 * One self-contained ONNX graph. Input `features` [rows, columns] float32, NaN for absent. A random forest gives
 * `probabilities` [rows, classes] and `label` (int64 index); an isolation forest gives `score` and `anomaly`, both [rows, 1].
 */
export function exportOnnx(forest: RandomForest | IsolationForest, metadata: ExportMetadata): Uint8Array {
  const graph = forest.kind === 'random-forest' ? classifierGraph(forest) : isolationGraph(forest)
  return encodeOnnxModel({
    name: forest.kind,
    ...graph,
    inputs: [{ name: INPUT, element: 'float', dims: ['rows', forest.featureCount] }],
    operatorSets: OPERATOR_SETS,
    metadata: {
      'picket.feature_names': JSON.stringify(metadata.featureNames),
      'picket.feature_set_hash': metadata.featureSetHash,
      ...(metadata.classes && { 'picket.classes': JSON.stringify(metadata.classes) }),
      'picket.lineage': JSON.stringify(metadata.lineage),
    },
  })
}

/** probabilities = softmax(power * ln(votes + floor)), or the votes themselves where nothing was calibrated. */
function classifierGraph(forest: RandomForest) {
  const { trees, classCount, calibration } = forest
  const votes = calibration ? 'votes' : OUTPUT.probabilities
  const ensemble: OnnxNode = {
    operator: 'TreeEnsembleClassifier',
    domain: ML_DOMAIN,
    inputs: [INPUT],
    outputs: [OUTPUT.label, votes],
    attributes: [
      ...treeAttributes(trees, classCount, 'class'),
      { name: 'classlabels_int64s', type: 'ints', value: Array.from({ length: classCount }, (_, i) => i) },
    ],
  }
  return {
    nodes: calibration
      ? [
          ensemble,
          apply('Add', [votes, 'floor'], 'floored'),
          apply('Log', ['floored'], 'logarithm'),
          apply('Mul', ['logarithm', 'power'], 'scaled'),
          apply('Softmax', ['scaled'], OUTPUT.probabilities),
        ]
      : [ensemble],
    initializers: calibration
      ? [constant('floor', Float32Array.of(calibration.floor)), constant('power', Float32Array.of(calibration.power))]
      : [],
    outputs: [
      { name: OUTPUT.label, element: 'int64' as const, dims: ['rows'] },
      { name: OUTPUT.probabilities, element: 'float' as const, dims: ['rows', classCount] },
    ],
  }
}

/** score = e^(-ln 2 * scale * path); anomaly = clip(1 - sum of slope * clip(path - start, 0, width), 0, 1). */
function isolationGraph(forest: IsolationForest) {
  const { start, width, slope } = forest.quantiles
  const initializers = [
    constant('start', start),
    constant('width', width),
    constant('slope', slope, [slope.length, 1]),
    constant('exponent', Float32Array.of(-Math.LN2 * forest.scale)),
    constant('zero', Float32Array.of(0)),
    constant('one', Float32Array.of(1)),
  ]
  const ensemble: OnnxNode = {
    operator: 'TreeEnsembleRegressor',
    domain: ML_DOMAIN,
    inputs: [forest.projection ? 'projected' : INPUT],
    outputs: ['path'],
    attributes: [
      ...treeAttributes(forest.trees, 1, 'target'),
      { name: 'n_targets', type: 'int', value: 1 },
      { name: 'aggregate_function', type: 'string', value: 'SUM' },
    ],
  }
  const projected = forest.projection && projectionGraph(forest.projection)
  return {
    nodes: [
      ...(projected?.nodes ?? []),
      ensemble,
      apply('Mul', ['path', 'exponent'], 'power'),
      apply('Exp', ['power'], OUTPUT.score),
      apply('Sub', ['path', 'start'], 'beyond'),
      apply('Max', ['beyond', 'zero'], 'entered'),
      apply('Min', ['entered', 'width'], 'crossed'),
      apply('MatMul', ['crossed', 'slope'], 'fall'),
      apply('Sub', ['one', 'fall'], 'rest'),
      apply('Max', ['rest', 'zero'], 'floored'),
      apply('Min', ['floored', 'one'], OUTPUT.anomaly),
    ],
    initializers: [...initializers, ...(projected?.initializers ?? [])],
    outputs: [
      { name: OUTPUT.score, element: 'float' as const, dims: ['rows', 1] },
      { name: OUTPUT.anomaly, element: 'float' as const, dims: ['rows', 1] },
    ],
  }
}

/** The steps of `project`, one operator each. */
function projectionGraph({ centre, factor, weights, directions }: Projection) {
  return {
    nodes: [
      apply('IsNaN', [INPUT], 'absent'),
      apply('Sub', [INPUT, 'centre'], 'centred'),
      apply('Mul', ['centred', 'factor'], 'measured'),
      apply('Floor', ['measured'], 'stepped'),
      apply('Max', ['stepped', 'least_steps'], 'raised'),
      apply('Min', ['raised', 'most_steps'], 'bounded'),
      apply('Where', ['absent', 'zero', 'bounded'], 'steps'),
      apply('MatMul', ['steps', 'directions'], 'projected'),
    ],
    initializers: [
      constant('centre', centre),
      constant('factor', factor),
      constant('least_steps', Float32Array.of(STEP_RANGE[0])),
      constant('most_steps', Float32Array.of(STEP_RANGE[1])),
      constant('directions', weights, [centre.length, directions]),
    ],
  }
}

const constant = (name: string, values: Float32Array, dims = [values.length]): OnnxTensor => ({ name, dims, values })

const apply = (operator: string, inputs: string[], output: string): OnnxNode => ({
  operator,
  inputs,
  outputs: [output],
})

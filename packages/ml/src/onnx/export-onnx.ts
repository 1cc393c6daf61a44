import type { Autoencoder } from '../autoencoder/autoencoder.ts'
import { autoencoderGraph } from '../autoencoder/autoencoder-graph.ts'
import type { IsolationForest } from '../training/isolation-forest.ts'
import type { RandomForest } from '../training/random-forest.ts'
import { STEP_RANGE, type Projection } from '../training/projection.ts'
import { apply, constant, quantileGraph } from './graph-part.ts'
import { encodeOnnxModel, type OnnxNode } from './onnx-messages.ts'
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
export const OUTPUT = {
  probabilities: 'probabilities',
  label: 'label',
  score: 'score',
  anomaly: 'anomaly',
  featureErrors: 'feature_errors',
} as const

const OPERATOR_SETS = [
  { domain: '', version: 13 },
  { domain: ML_DOMAIN, version: ML_VERSION },
]

/**
 * One self-contained ONNX graph. Input `features` [rows, columns] float32, NaN for absent. A random forest gives
 * `probabilities` [rows, classes] and `label` (int64 index); an isolation forest gives `score` and `anomaly`, both [rows, 1].
 */
/** What can be exported. */
export type Trained = RandomForest | IsolationForest | Autoencoder

export function exportOnnx(model: Trained, metadata: ExportMetadata): Uint8Array {
  const graph = graphOf(model)
  return encodeOnnxModel({
    name: model.kind,
    ...graph,
    inputs: [{ name: INPUT, element: 'float', dims: ['rows', model.featureCount] }],
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

function graphOf(model: Trained) {
  if (model.kind === 'random-forest') return classifierGraph(model)
  if (model.kind === 'isolation-forest') return isolationGraph(model)
  const { score, anomaly, featureErrors } = OUTPUT
  return {
    ...autoencoderGraph(model, { input: INPUT, score, anomaly, featureErrors }),
    outputs: [
      ...ANOMALY_OUTPUTS,
      { name: featureErrors, element: 'float' as const, dims: ['rows', model.featureCount] },
    ],
  }
}

const ANOMALY_OUTPUTS = [
  { name: OUTPUT.score, element: 'float' as const, dims: ['rows', 1] },
  { name: OUTPUT.anomaly, element: 'float' as const, dims: ['rows', 1] },
]

/** score = e^(-ln 2 * scale * path), and the quantile of the path. */
function isolationGraph(forest: IsolationForest) {
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
  const quantile = quantileGraph(forest.quantiles, 'path', OUTPUT.anomaly)
  const power = [apply('Mul', ['path', 'exponent'], 'power'), apply('Exp', ['power'], OUTPUT.score)]
  return {
    nodes: [...(projected?.nodes ?? []), ensemble, ...power, ...quantile.nodes],
    initializers: [
      constant('exponent', Float32Array.of(-Math.LN2 * forest.scale)),
      ...quantile.initializers,
      ...(projected?.initializers ?? []),
    ],
    outputs: ANOMALY_OUTPUTS,
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

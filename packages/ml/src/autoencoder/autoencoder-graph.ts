import { apply, constant, quantileGraph, type GraphPart } from '../onnx/graph-part.ts'
import type { Autoencoder } from './autoencoder.ts'
import { encodingGraph } from './encoding-graph.ts'
import { ERROR_FLOOR } from './error-quantiles.ts'

/** Names of the tensors between the parts of the graph. */
interface Ends {
  input: string
  score: string
  anomaly: string
  featureErrors: string
}

/** Encoding, layers, errors and calibration as operators: the steps of Autoencoder.predict in the same order. */
export function autoencoderGraph(network: Autoencoder, ends: Ends): GraphPart {
  const parts = [encodingGraph(network.encoding, ends.input), layersGraph(network), errorGraph(network, ends)]
  parts.push(quantileGraph(network.quantiles, 'rank', ends.anomaly))
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    initializers: parts.flatMap(({ initializers }) => initializers),
  }
}

function layersGraph({ layers }: Autoencoder): GraphPart {
  return {
    nodes: layers.flatMap(({ isHidden }, i) => {
      const sum = isHidden ? `sum_${i}` : `layer_${i + 1}`
      const linear = [
        apply('MatMul', [`layer_${i}`, `weights_${i}`], `product_${i}`),
        apply('Add', [`product_${i}`, `bias_${i}`], sum),
      ]
      return isHidden ? [...linear, apply('Relu', [sum], `layer_${i + 1}`)] : linear
    }),
    initializers: layers.flatMap(({ weights, bias, inputs, outputs }, i) => [
      constant(`weights_${i}`, weights, [inputs, outputs]),
      constant(`bias_${i}`, bias),
    ]),
  }
}

/** A matrix folds what is known of a feature together, and weighs it where all inputs weigh the same; another adds the features up. */
function errorGraph({ encoding, featureCount, layers }: Autoencoder, { score, featureErrors }: Ends): GraphPart {
  const { columns, network } = encoding
  const fold = new Float32Array(columns.length * featureCount)
  const weight = network === 'dense' ? 1 / columns.length : 1
  columns.forEach((column, i) => (fold[i * featureCount + column] = weight))
  return {
    nodes: [
      apply('Sub', ['layer_0', `layer_${layers.length}`], 'difference'),
      apply('Mul', ['difference', 'difference'], 'squares'),
      ...(network === 'sequence' ? MASK : []),
      apply('MatMul', [network === 'sequence' ? 'weighted' : 'squares', 'fold'], featureErrors),
      apply('MatMul', [featureErrors, 'ones'], 'error'),
      apply('Add', ['error', 'one'], 'raised_error'),
      apply('Div', ['error', 'raised_error'], score),
      apply('Add', ['error', 'error_floor'], 'floored_error'),
      apply('Log', ['floored_error'], 'error_logarithm'),
      apply('Neg', ['error_logarithm'], 'rank'),
    ],
    initializers: [
      constant('fold', fold, [columns.length, featureCount]),
      constant('ones', new Float32Array(featureCount).fill(1), [featureCount, 1]),
      constant('error_floor', Float32Array.of(ERROR_FLOOR)),
      ...(network === 'sequence'
        ? [constant('one_each', new Float32Array(columns.length).fill(1), [columns.length, 1])]
        : []),
    ],
  }
}

/** Squares of what counts, by how many count. */
const MASK = [
  apply('Mul', ['squares', 'mask'], 'masked'),
  apply('MatMul', ['mask', 'one_each'], 'counted'),
  apply('Div', ['masked', 'counted'], 'weighted'),
]

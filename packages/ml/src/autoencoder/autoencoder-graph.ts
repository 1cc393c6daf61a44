import { apply, constant, quantileGraph, type GraphPart } from '../onnx/graph-part.ts'
import type { Autoencoder } from './autoencoder.ts'
import { MOST_SPREADS } from './column-scaler.ts'
import { ERROR_FLOOR } from './error-quantiles.ts'

/** Names of the tensors between the parts of the graph. */
interface Ends {
  input: string
  score: string
  anomaly: string
  featureErrors: string
}

/** Scaler, layers, errors and calibration as operators: the steps of Autoencoder.predict in the same order. */
export function autoencoderGraph(network: Autoencoder, ends: Ends): GraphPart {
  const parts = [scalerGraph(network, ends.input), layersGraph(network), errorGraph(network, ends)]
  parts.push(quantileGraph(network.quantiles, 'rank', ends.anomaly))
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    initializers: parts.flatMap(({ initializers }) => initializers),
  }
}

function scalerGraph({ scaler }: Autoencoder, input: string): GraphPart {
  return {
    nodes: [
      apply('IsNaN', [input], 'absent'),
      apply('Abs', [input], 'size'),
      apply('Add', ['size', 'one'], 'raised_size'),
      apply('Log', ['raised_size'], 'logarithm'),
      apply('Sign', [input], 'sign'),
      apply('Mul', ['sign', 'logarithm'], 'signed'),
      apply('Sub', ['signed', 'mean'], 'centred'),
      apply('Mul', ['centred', 'factor'], 'spreads'),
      apply('Max', ['spreads', 'least_spreads'], 'spreads_above'),
      apply('Min', ['spreads_above', 'most_spreads'], 'spreads_within'),
      apply('Where', ['absent', 'zero', 'spreads_within'], 'values'),
      apply('Where', ['absent', 'zero', 'one'], 'presence'),
      { ...apply('Concat', ['values', 'presence'], 'layer_0'), attributes: [{ name: 'axis', type: 'int', value: 1 }] },
    ],
    initializers: [
      constant('mean', scaler.mean),
      constant('factor', scaler.factor),
      constant('least_spreads', Float32Array.of(-MOST_SPREADS)),
      constant('most_spreads', Float32Array.of(MOST_SPREADS)),
    ],
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

/** A matrix folds value and presence of a feature together and takes the mean; another adds the features up. */
function errorGraph({ featureCount, layers }: Autoencoder, { score, featureErrors }: Ends): GraphPart {
  const fold = new Float32Array(2 * featureCount * featureCount)
  for (let f = 0; f < featureCount; f++) {
    fold[f * featureCount + f] = fold[(featureCount + f) * featureCount + f] = 1 / (2 * featureCount)
  }
  return {
    nodes: [
      apply('Sub', ['layer_0', `layer_${layers.length}`], 'difference'),
      apply('Mul', ['difference', 'difference'], 'squares'),
      apply('MatMul', ['squares', 'fold'], featureErrors),
      apply('MatMul', [featureErrors, 'ones'], 'error'),
      apply('Add', ['error', 'one'], 'raised_error'),
      apply('Div', ['error', 'raised_error'], score),
      apply('Add', ['error', 'error_floor'], 'floored_error'),
      apply('Log', ['floored_error'], 'error_logarithm'),
      apply('Neg', ['error_logarithm'], 'rank'),
    ],
    initializers: [
      constant('fold', fold, [2 * featureCount, featureCount]),
      constant('ones', new Float32Array(featureCount).fill(1), [featureCount, 1]),
      constant('error_floor', Float32Array.of(ERROR_FLOOR)),
    ],
  }
}

import type { QuantileMap } from '../training/quantile-map.ts'
import type { OnnxNode, OnnxTensor } from './onnx-messages.ts'

/** Some operators of a graph with the constants they need. */
export interface GraphPart {
  nodes: OnnxNode[]
  initializers: OnnxTensor[]
}

export function constant(name: string, values: Float32Array, dims = [values.length]): OnnxTensor {
  return { name, dims, values }
}

export function apply(operator: string, inputs: string[], output: string): OnnxNode {
  return { operator, inputs, outputs: [output] }
}

/** anomaly = clip(1 - sum of slope * clip(input - start, 0, width), 0, 1); brings the constants `zero` and `one`. */
export function quantileGraph({ start, width, slope }: QuantileMap, input: string, anomaly: string): GraphPart {
  return {
    nodes: [
      apply('Sub', [input, 'start'], 'beyond'),
      apply('Max', ['beyond', 'zero'], 'entered'),
      apply('Min', ['entered', 'width'], 'crossed'),
      apply('MatMul', ['crossed', 'slope'], 'fall'),
      apply('Sub', ['one', 'fall'], 'rest'),
      apply('Max', ['rest', 'zero'], 'floored'),
      apply('Min', ['floored', 'one'], anomaly),
    ],
    initializers: [
      constant('start', start),
      constant('width', width),
      constant('slope', slope, [slope.length, 1]),
      constant('zero', Float32Array.of(0)),
      constant('one', Float32Array.of(1)),
    ],
  }
}

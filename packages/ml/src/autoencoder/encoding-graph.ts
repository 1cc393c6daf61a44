import { apply, constant, type GraphPart } from '../onnx/graph-part.ts'
import type { OnnxNode } from '../onnx/onnx-messages.ts'
import { ColumnEncoding } from './column-encoding.ts'
import { MOST_SPREADS, type InputEncoding } from './input-encoding.ts'
import { SequenceEncoding } from './sequence-encoding.ts'

/** Larger ones are the same to a network, and none becomes infinite on the way. */
const LARGEST = 1e30

/** `encode` as operators, from the features to `layer_0`; that of a sequence gives `mask` as well, the weights before they add up to 1. */
export function encodingGraph(encoding: InputEncoding, input: string): GraphPart {
  if (encoding instanceof ColumnEncoding) return columnGraph(encoding, input)
  if (encoding instanceof SequenceEncoding) return sequenceGraph(encoding, input)
  throw new Error(`no graph for a network of kind ${encoding.network}`)
}

const SPREAD_BOUNDS = [
  constant('least_spreads', Float32Array.of(-MOST_SPREADS)),
  constant('most_spreads', Float32Array.of(MOST_SPREADS)),
]

const VALUE_BOUNDS = [
  constant('least_value', Float32Array.of(-LARGEST)),
  constant('most_value', Float32Array.of(LARGEST)),
]

/** All columns finite, 0 where absent, and whether they are there: what can be multiplied to choose some of them. */
const presentGraph = (input: string): OnnxNode[] => [
  apply('IsNaN', [input], 'absent'),
  apply('Max', [input, 'least_value'], 'value_above'),
  apply('Min', ['value_above', 'most_value'], 'value_within'),
  apply('Where', ['absent', 'zero', 'value_within'], 'present_values'),
  apply('Where', ['absent', 'zero', 'one'], 'present_columns'),
]

function columnGraph({ featureCount, readCount, columns, mean, factor }: ColumnEncoding, input: string): GraphPart {
  const isAll = readCount === featureCount
  const values = isAll ? input : 'read_values'
  const presence = [
    apply('Where', ['absent', 'zero', 'spreads_within'], 'values'),
    apply('Where', ['absent', 'zero', 'one'], 'presence'),
  ]
  const readPresence = [
    apply('MatMul', ['present_columns', 'read_columns'], 'presence'),
    apply('Mul', ['spreads_within', 'presence'], 'values'),
  ]
  const read = choose(featureCount, columns.subarray(0, readCount))
  return {
    nodes: [
      ...(isAll ? [apply('IsNaN', [input], 'absent')] : presentGraph(input)),
      ...(isAll ? [] : [apply('MatMul', ['present_values', 'read_columns'], values)]),
      apply('Abs', [values], 'size'),
      apply('Add', ['size', 'one'], 'raised_size'),
      apply('Log', ['raised_size'], 'logarithm'),
      apply('Sign', [values], 'sign'),
      apply('Mul', ['sign', 'logarithm'], 'signed'),
      apply('Sub', ['signed', 'mean'], 'centred'),
      apply('Mul', ['centred', 'factor'], 'spreads'),
      apply('Max', ['spreads', 'least_spreads'], 'spreads_above'),
      apply('Min', ['spreads_above', 'most_spreads'], 'spreads_within'),
      ...(isAll ? presence : readPresence),
      sideBySide(['values', 'presence'], 'layer_0'),
    ],
    initializers: [
      constant('mean', mean),
      constant('factor', factor),
      ...SPREAD_BOUNDS,
      ...(isAll ? [] : [constant('read_columns', read, [featureCount, readCount]), ...VALUE_BOUNDS]),
    ],
  }
}

/**
 * Columns are chosen by products with matrices of ones and zeros, of features that are finite by then. Gaps and lengths lie in one tensor, so
 * that what applies to both is done once.
 */
function sequenceGraph({ featureCount, positions, columns, mean, factor }: SequenceEncoding, input: string): GraphPart {
  const both = 2 * positions
  const chosen = (count: number) => choose(featureCount, columns.subarray(0, count))
  const perPart = (values: Float32Array) => Float32Array.from({ length: both }, (_, i) => values[i < positions ? 0 : 1])
  const inputs = columns.length
  const spread = new Float32Array(positions * inputs)
  const always = new Float32Array(inputs)
  for (let i = 0; i < inputs; i++) {
    if (i < inputs - positions) spread[(i % positions) * inputs + i] = 1
    else always[i] = 1
  }
  return {
    nodes: [
      ...presentGraph(input),
      apply('MatMul', ['present_values', 'sequence_columns'], 'sequence'),
      apply('MatMul', ['present_columns', 'sequence_columns'], 'sequence_presence'),
      apply('MatMul', ['present_columns', 'length_columns'], 'presence'),
      apply('MatMul', ['present_values', 'length_columns'], 'lengths'),
      apply('Sign', ['lengths'], 'directions'),
      apply('Abs', ['sequence'], 'size'),
      apply('Add', ['size', 'one'], 'raised_size'),
      apply('Log', ['raised_size'], 'logarithm'),
      apply('Sub', ['logarithm', 'mean'], 'centred'),
      apply('Mul', ['centred', 'factor'], 'spreads'),
      apply('Max', ['spreads', 'least_spreads'], 'spreads_above'),
      apply('Min', ['spreads_above', 'most_spreads'], 'spreads_within'),
      apply('Mul', ['spreads_within', 'sequence_presence'], 'values'),
      sideBySide(['values', 'directions', 'presence'], 'layer_0'),
      apply('MatMul', ['presence', 'spread_presence'], 'spread'),
      apply('Add', ['spread', 'always_counted'], 'mask'),
    ],
    initializers: [
      ...VALUE_BOUNDS,
      constant('sequence_columns', chosen(both), [featureCount, both]),
      constant('length_columns', chosen(positions), [featureCount, positions]),
      constant('mean', perPart(mean)),
      constant('factor', perPart(factor)),
      constant('spread_presence', spread, [positions, inputs]),
      constant('always_counted', always),
      ...SPREAD_BOUNDS,
    ],
  }
}

/** A matrix [columns of all, chosen columns] that picks them. */
function choose(all: number, chosen: ArrayLike<number>): Float32Array {
  const matrix = new Float32Array(all * chosen.length)
  for (let j = 0; j < chosen.length; j++) matrix[chosen[j] * chosen.length + j] = 1
  return matrix
}

const sideBySide = (parts: string[], output: string): OnnxNode => ({
  ...apply('Concat', parts, output),
  attributes: [{ name: 'axis', type: 'int', value: 1 }],
})

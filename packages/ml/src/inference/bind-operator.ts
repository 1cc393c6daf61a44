import { elementwise } from './elementwise.ts'
import { forestStep } from './forest-step.ts'
import type { Layout, Operand, Step } from './operand.ts'
import { productStep } from './product-step.ts'
import { readForest } from './read-forest.ts'
import type { Constant, OnnxGraph, OperatorNode } from './read-onnx.ts'
import { concatenate, softmax } from './row-steps.ts'
import { UnsupportedGraph } from './unsupported.ts'

/** What is known where an operator is bound: the constants, and the operands that those before it give. */
export interface Bindings {
  readonly graph: OnnxGraph
  readonly rows: ReadonlyMap<string, Operand>
  readonly layout: Layout
}

/** The step and the name of what it computes. Throws UnsupportedGraph for an operator, or a use of one, that is not known here. */
export function bindOperator(node: OperatorNode, bindings: Bindings): { output: string; step: Step } {
  const { operator, inputs, outputs } = node
  if (operator === 'ai.onnx.ml.TreeEnsembleRegressor') return { output: outputs[0], step: trees(node, bindings) }
  // Its first output is the label, which nobody here asks for.
  if (operator === 'ai.onnx.ml.TreeEnsembleClassifier') return { output: outputs[1], step: trees(node, bindings) }
  const constant = bindings.graph.constants.get(inputs[1])
  if (operator === 'MatMul' && constant)
    return { output: outputs[0], step: productStep(rowsOf(node, bindings), constant, bindings.layout) }
  return { output: outputs[0], step: bindStandard(node, bindings) }
}

function bindStandard(node: OperatorNode, bindings: Bindings): Step {
  const { operator, inputs, attributes } = node
  const axis = attributes.get('axis')?.int ?? -1
  const isAlongColumns = axis === 1 || axis === -1
  if (operator === 'Softmax' && isAlongColumns) return softmax(rowsOf(node, bindings))
  const operands = inputs.map((name) => operandOf(name, bindings))
  if (operator === 'Concat' && isAlongColumns) return concatenate(operands)
  const step = elementwise(operator, operands)
  if (!step) throw new UnsupportedGraph(operator)
  return step
}

function trees(node: OperatorNode, bindings: Bindings): Step {
  const rows = rowsOf(node, bindings)
  return forestStep(readForest(node, bindings.graph.bytes, rows.width), rows, bindings.layout)
}

function rowsOf({ operator, inputs }: OperatorNode, { rows }: Bindings): Operand {
  const operand = rows.get(inputs[0])
  if (!operand) throw new UnsupportedGraph(`${operator} of what does not depend on the rows`)
  return operand
}

function operandOf(name: string, { graph, rows, layout }: Bindings): Operand {
  const constant = graph.constants.get(name)
  return rows.get(name) ?? rowConstant(name, constant, layout)
}

/** A constant that meets rows: one number, or one a column. */
function rowConstant(name: string, constant: Constant | undefined, layout: Layout): Operand {
  const width = constant?.dims.at(-1) ?? 1
  if (!constant?.values || constant.values.length !== width)
    throw new UnsupportedGraph(`constant ${name} of dimensions [${constant?.dims.join(', ') ?? ''}]`)
  return { address: layout.constant(constant.values), width, stride: 0 }
}

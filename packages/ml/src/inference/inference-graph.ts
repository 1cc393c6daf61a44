import { bindOperator } from './bind-operator.ts'
import { copyRows } from './forest-step.ts'
import { compileKernel, type KernelFunction } from './kernel/module.ts'
import { BLOCK_ROWS, Layout, rowOctets, toVectors, type Operand, type Step } from './operand.ts'
import { readOnnx, type OnnxGraph } from './read-onnx.ts'
import { UnsupportedGraph } from './unsupported.ts'
import { malformed } from './wire-reader.ts'

/** A step in its place: what it computes and reads, by name. */
interface PlacedStep {
  readonly step: Step
  readonly out: Operand
  readonly output: string
  readonly inputs: readonly string[]
}

interface BoundStep extends PlacedStep {
  readonly run: (rows: number) => void
}

/**
 * A model of ours, computed here: blocks of rows go through all operators, over one memory for all that is between them. Results are
 * those of onnxruntime within 1e-5, sums of trees exactly.
 */
export class InferenceGraph {
  readonly #columns: number
  readonly #memory: ArrayBuffer
  readonly #input: Float32Array
  readonly #steps: readonly BoundStep[]

  private constructor(columns: number, memory: ArrayBuffer, steps: readonly BoundStep[]) {
    this.#columns = columns
    this.#memory = memory
    this.#input = new Float32Array(memory, 0, BLOCK_ROWS * toVectors(columns))
    this.#steps = steps
  }

  /** Throws MODEL_UNREADABLE on bytes that are no model, UnsupportedGraph where another engine is needed. */
  static read(onnx: Uint8Array, columns: number): InferenceGraph {
    const graph = readOnnx(onnx)
    if (graph.inputs.length !== 1) throw new UnsupportedGraph(`${graph.inputs.length} inputs`)
    const layout = new Layout()
    const stride = rowOctets(columns)
    const placed = placeSteps(graph, { address: layout.take(BLOCK_ROWS * stride), width: columns, stride }, layout)
    const kernel = compileKernel(
      Object.assign({}, ...placed.map(({ step }, i) => numbered(step.functions, i))),
      layout.octets,
    )
    layout.fill(kernel.memory)
    const steps = placed.map((place, i) => {
      const names = Object.keys(place.step.functions)
      const functions = Object.fromEntries(names.map((name) => [name, kernel.functions[`${name}_${i}`]]))
      return { ...place, run: place.step.bind({ memory: kernel.memory, functions }, place.out) }
    })
    return new InferenceGraph(columns, kernel.memory, steps)
  }

  /** Runs row-major rows through the graph and returns one named output, row-major. */
  run(rows: Float32Array, output: string): Float32Array {
    const count = rows.length / this.#columns
    const needed = this.#neededFor(output)
    const { address, width } = needed[needed.length - 1].out
    const computed = new Float32Array(this.#memory, address, BLOCK_ROWS * toVectors(width))
    const results = new Float32Array(count * width)
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const size = Math.min(BLOCK_ROWS, count - from)
      copyRows(rows.subarray(from * this.#columns), this.#columns, this.#input, toVectors(this.#columns), size)
      for (const { run } of needed) run(size)
      copyRows(computed, toVectors(width), results.subarray(from * width), width, size)
    }
    return results
  }

  /** The steps that an output depends on, itself the last. */
  #neededFor(output: string): BoundStep[] {
    const names = new Set([output])
    const needed: BoundStep[] = []
    for (const step of this.#steps.toReversed()) {
      if (!names.has(step.output)) continue
      needed.unshift(step)
      for (const name of step.inputs) names.add(name)
    }
    if (needed.at(-1)?.output !== output) throw malformed(`it has no output ${output}`)
    return needed
  }
}

const numbered = (functions: Readonly<Record<string, KernelFunction>>, i: number) =>
  Object.fromEntries(Object.entries(functions).map(([name, described]) => [`${name}_${i}`, described]))

/** Gives each step a place to write to: one of its own, or one that nothing reads any more. */
function placeSteps(graph: OnnxGraph, input: Operand, layout: Layout): PlacedStep[] {
  const rows = new Map([[graph.inputs[0], input]])
  const lastUse = new Map(graph.nodes.flatMap(({ inputs }, i) => inputs.map((name) => [name, i] as const)))
  for (const name of [...graph.outputs, graph.inputs[0]]) lastUse.set(name, Infinity)
  const free: Operand[] = []
  return graph.nodes.map((node, i) => {
    const { output, step } = bindOperator(node, { graph, rows, layout })
    if (rows.has(output)) throw malformed(`${output} is computed twice`)
    const stride = rowOctets(step.width)
    const spare = free.findIndex((operand) => operand.stride === stride)
    const address = spare >= 0 ? free.splice(spare, 1)[0].address : layout.take(BLOCK_ROWS * stride)
    const out = { address, width: step.width, stride }
    rows.set(output, out)
    for (const name of new Set(node.inputs)) {
      const operand = rows.get(name)
      if (operand && lastUse.get(name) === i) free.push(operand)
    }
    return { step, out, output, inputs: node.inputs }
  })
}

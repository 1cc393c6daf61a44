import { foldRows, type FoldTerm } from './kernel/fold-rows.ts'
import { multiplyRows, TILE_OUTPUTS } from './kernel/multiply-rows.ts'
import { BLOCK_ROWS, toVectors, type Layout, type Operand, type Step } from './operand.ts'
import type { Constant } from './read-onnx.ts'
import { UnsupportedGraph } from './unsupported.ts'

/** Outputs that are folded together: a vector. */
const FOLDED = 4
/** Terms that are written out as instructions, at most. */
const MOST_FOLDED = 4096
/** Share of the weights that are not 0 below which those alone are multiplied. */
const SPARSE_SHARE = 0.1

/** Rows times a constant [inputs, outputs]. */
export function productStep(rows: Operand, { dims, values }: Constant, layout: Layout): Step {
  const [inputs, outputs] = dims
  if (dims.length !== 2 || inputs !== rows.width || !values)
    throw new UnsupportedGraph(`MatMul of ${rows.width} columns and [${dims.join(', ')}]`)
  const used = values.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0)
  return used < SPARSE_SHARE * values.length
    ? sparseProduct(rows, values, outputs)
    : denseProduct(rows, values, outputs, layout)
}

/** Such as what folds errors of features together, or the directions of an extended forest. */
function sparseProduct(rows: Operand, weights: Float32Array, outputs: number): Step {
  const terms = Array.from({ length: outputs }, (_, j) =>
    Array.from({ length: rows.width }, (_, i) => i).filter((i) => weights[i * outputs + j] !== 0),
  )
  const folded = foldTerms(terms, weights, rows)
  return folded ? foldProduct(rows, outputs, folded) : scatteredProduct(rows, weights, terms)
}

/** Terms of four outputs at a time, where those of neighbours lie side by side; undefined where they do not. */
function foldTerms(
  terms: readonly (readonly number[])[],
  weights: Float32Array,
  { width }: Operand,
): FoldTerm[][] | undefined {
  const outputs = terms.length
  const groups = Array.from({ length: Math.ceil(outputs / FOLDED) }, (_, i) =>
    terms.slice(FOLDED * i, FOLDED * (i + 1)),
  )
  const isSideBySide = groups.every(([first, ...others]) =>
    [first, ...others].every(
      (columns, lane) =>
        columns.length === first.length &&
        columns.every((column, k) => column === first[k] + lane && first[k] + FOLDED <= toVectors(width)),
    ),
  )
  const count = groups.reduce((sum, [first]) => sum + first.length, 0)
  if (!isSideBySide || count > MOST_FOLDED) return undefined
  return groups.map((lanes, group) =>
    lanes[0].map((column) => ({
      offset: 4 * column,
      factors: Array.from({ length: FOLDED }, (_, lane) =>
        lane < lanes.length ? weights[(column + lane) * outputs + FOLDED * group + lane] : 0,
      ),
    })),
  )
}

function foldProduct(rows: Operand, outputs: number, columns: FoldTerm[][]): Step {
  return {
    width: outputs,
    functions: { fold: foldRows(rows.stride, columns) },
    bind:
      ({ functions }, out) =>
      (count) =>
        functions.fold(rows.address, rows.address + count * rows.stride, out.address),
  }
}

function scatteredProduct({ address, width }: Operand, weights: Float32Array, terms: readonly number[][]): Step {
  const outputs = terms.length
  const columns = Uint32Array.from(terms.flat())
  const factors = Float32Array.from(terms.flatMap((rows, j) => rows.map((i) => weights[i * outputs + j])))
  const ends = new Uint32Array(outputs)
  terms.forEach(({ length }, j) => (ends[j] = (ends[j - 1] ?? 0) + length))
  return {
    width: outputs,
    functions: {},
    bind({ memory }, { address: to }) {
      const values = new Float32Array(memory, address, BLOCK_ROWS * toVectors(width))
      const out = new Float32Array(memory, to, BLOCK_ROWS * toVectors(outputs))
      return (rows) => {
        for (let row = 0; row < rows; row++) {
          const from = row * toVectors(width)
          const at = row * toVectors(outputs)
          for (let j = 0, term = 0; j < outputs; j++) {
            let sum = 0
            for (; term < ends[j]; term++) sum += values[from + columns[term]] * factors[term]
            out[at + j] = sum
          }
        }
      }
    },
  }
}

/** Weights lie in panels of TILE_OUTPUTS, filled up with zeros where there are no more inputs or outputs. */
function denseProduct(rows: Operand, weights: Float32Array, outputs: number, layout: Layout): Step {
  const panels = Math.ceil(outputs / TILE_OUTPUTS)
  const placed = new Float32Array(panels * TILE_OUTPUTS * rows.width)
  weights.forEach((weight, i) => {
    const [input, output] = [Math.floor(i / outputs), i % outputs]
    const panel = Math.floor(output / TILE_OUTPUTS)
    placed[(panel * rows.width + input) * TILE_OUTPUTS + (output % TILE_OUTPUTS)] = weight
  })
  const address = layout.constant(placed)
  return {
    width: outputs,
    functions: { multiply: multiplyRows({ inputs: rows.width, stride: rows.stride, outputs }) },
    bind:
      ({ functions }, out) =>
      (count) => {
        const end = rows.address + count * rows.stride
        for (let panel = 0; panel < panels; panel++) {
          const first = TILE_OUTPUTS * panel
          const lanes = Math.min(TILE_OUTPUTS, toVectors(outputs - first))
          functions.multiply(rows.address, end, address + 4 * first * rows.width, out.address + 4 * first, lanes)
        }
      },
  }
}

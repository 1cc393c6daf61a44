import { combineRows } from './kernel/combine-rows.ts'
import type { KernelFunction } from './kernel/module.ts'
import { BLOCK_ROWS, rowOctets, toVectors, type Operand, type Step } from './operand.ts'
import { UnsupportedGraph } from './unsupported.ts'

/** e^x over the sum of them in each row; the largest is taken off first, so none overflows. */
export function softmax({ address, width }: Operand): Step {
  return {
    width,
    functions: {},
    bind({ memory }, { address: to }) {
      const step = toVectors(width)
      const [values, out] = [address, to].map((at) => new Float32Array(memory, at, BLOCK_ROWS * step))
      return (rows) => {
        for (let from = 0; from < rows * step; from += step) {
          let most = -Infinity
          for (let j = from; j < from + width; j++) most = Math.max(most, values[j])
          let sum = 0
          for (let j = from; j < from + width; j++) sum += out[j] = Math.exp(values[j] - most)
          for (let j = from; j < from + width; j++) out[j] /= sum
        }
      }
    },
  }
}

/** The columns of one operand after those of another. */
export function concatenate(operands: readonly Operand[]): Step {
  if (operands.some(({ stride }) => stride === 0)) throw new UnsupportedGraph('Concat of constants')
  const width = operands.reduce((sum, operand) => sum + operand.width, 0)
  const isAligned = operands.slice(0, -1).every((operand) => operand.stride === 4 * operand.width)
  return isAligned ? joinVectors(operands, width) : joinColumns(operands, width)
}

/** Where each operand but the last fills whole vectors. */
function joinVectors(operands: readonly Operand[], width: number): Step {
  const copy = (operand: Operand): KernelFunction =>
    combineRows(
      { width: operand.stride, stride: rowOctets(width) },
      [{ stride: operand.stride, isRepeated: false }],
      ([x]) => x,
    )
  return {
    width,
    functions: Object.fromEntries(operands.map((operand, i) => [`copy${i}`, copy(operand)])),
    bind({ functions }, { address, stride }) {
      let first = address
      const parts = operands.map((operand, i) => {
        const [from, to] = [operand.address, first]
        first += operand.stride
        return (rows: number) => functions[`copy${i}`](to, to + rows * stride, from)
      })
      return (rows) => {
        for (const copyPart of parts) copyPart(rows)
      }
    },
  }
}

function joinColumns(operands: readonly Operand[], width: number): Step {
  return {
    width,
    functions: {},
    bind({ memory }, { address }) {
      const out = new Float32Array(memory, address, BLOCK_ROWS * toVectors(width))
      const parts = operands.map((operand) => ({
        values: new Float32Array(memory, operand.address, BLOCK_ROWS * toVectors(operand.width)),
        width: operand.width,
      }))
      return (rows) => {
        let first = 0
        for (const part of parts) {
          for (let row = 0; row < rows; row++) {
            const from = row * toVectors(part.width)
            const to = row * toVectors(width) + first
            for (let j = 0; j < part.width; j++) out[to + j] = part.values[from + j]
          }
          first += part.width
        }
      }
    },
  }
}

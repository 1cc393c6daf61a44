import { combineRows } from './kernel/combine-rows.ts'
import { int, vector, type Code } from './kernel/instructions.ts'
import { BLOCK_ROWS, rowOctets, toVectors, type Operand, type Step } from './operand.ts'
import { UnsupportedGraph } from './unsupported.ts'

const SIGN_BIT = -0x80000000
const ONE = 0x3f800000

/** Results are those of IEEE 754 float32. */
const OPERATORS: Readonly<Record<string, { inputs: number; apply: (...values: Code[]) => Code }>> = {
  Abs: { inputs: 1, apply: vector.absolute },
  Floor: { inputs: 1, apply: vector.floor },
  /** All bits set for true: what Where takes. */
  IsNaN: { inputs: 1, apply: (x) => vector.differs(x, x) },
  Neg: { inputs: 1, apply: vector.negate },
  Relu: { inputs: 1, apply: (x) => vector.most(x, vector.zero()) },
  /** Zeros, and NaN, stay what they are. */
  Sign: {
    inputs: 1,
    apply(x) {
      const signedOne = vector.or(vector.and(x, vector.splat(int(SIGN_BIT))), vector.splat(int(ONE)))
      return vector.select(signedOne, x, vector.isGreater(vector.absolute(x), vector.zero()))
    },
  },
  Add: { inputs: 2, apply: vector.add },
  Sub: { inputs: 2, apply: vector.subtract },
  Mul: { inputs: 2, apply: vector.multiply },
  Div: { inputs: 2, apply: vector.divide },
  Max: { inputs: 2, apply: vector.most },
  Min: { inputs: 2, apply: vector.least },
  Where: { inputs: 3, apply: (condition, yes, no) => vector.select(yes, no, condition) },
}

/** Operators that go through their inputs column by column, one of width 1 being repeated; undefined for another. */
export function elementwise(operator: string, inputs: readonly Operand[]): Step | undefined {
  const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
  if (!known) return applyMath(operator, inputs)
  if (known.inputs !== inputs.length) throw new UnsupportedGraph(`${operator} of ${inputs.length} inputs`)
  const width = Math.max(...inputs.map((input) => input.width))
  const isBroad = inputs.every((input) => input.width === width || input.width === 1)
  if (!isBroad || inputs.every(({ stride }) => stride === 0))
    throw new UnsupportedGraph(`${operator} of widths ${inputs.map((input) => input.width).join(', ')}`)
  const layouts = inputs.map((input) => ({ stride: input.stride, isRepeated: input.width === 1 && width > 1 }))
  return {
    width,
    functions: { combine: combineRows(rowOctets(width), layouts, known.apply) },
    bind: ({ functions }, out) => {
      const addresses = inputs.map(({ address }) => address)
      return (rows) => functions.combine(out.address, out.address + rows * out.stride, ...addresses)
    },
  }
}

/** What vectors of the processor do not compute. */
function applyMath(operator: string, inputs: readonly Operand[]): Step | undefined {
  const [{ address, width, stride }] = inputs
  if ((operator !== 'Log' && operator !== 'Exp') || inputs.length !== 1 || stride === 0) return undefined
  const loop = operator === 'Log' ? logarithms : powers
  return {
    width,
    functions: {},
    bind({ memory }, out) {
      const [from, to] = [address, out.address].map((at) => new Float32Array(memory, at, BLOCK_ROWS * toVectors(width)))
      return (rows) => loop(from, to, rows * toVectors(width))
    },
  }
}

function logarithms(from: Float32Array, to: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) to[i] = Math.log(from[i])
}

function powers(from: Float32Array, to: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) to[i] = Math.exp(from[i])
}

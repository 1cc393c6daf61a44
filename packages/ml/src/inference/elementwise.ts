import { combineRows, type RowOperator } from './kernel/combine-rows.ts'
import { int, vector, type Code } from './kernel/instructions.ts'
import { logarithm } from './kernel/logarithm.ts'
import { BLOCK_ROWS, rowOctets, toVectors, type Operand, type Step } from './operand.ts'
import { UnsupportedGraph } from './unsupported.ts'

interface Known {
  readonly inputs: number
  readonly apply: RowOperator
}

const SIGN_BIT = -0x80000000
const ONE = 0x3f800000

const unary = (apply: (x: Code) => Code): Known => ({ inputs: 1, apply: ([x]) => apply(x) })
const binary = (apply: (a: Code, b: Code) => Code): Known => ({ inputs: 2, apply: ([a, b]) => apply(a, b) })

/** Results are those of IEEE 754 float32, logarithms within two units of the last place. */
const OPERATORS: Readonly<Record<string, Known>> = {
  Abs: unary(vector.absolute),
  Floor: unary(vector.floor),
  /** All bits set for true: what Where takes. */
  IsNaN: unary((x) => vector.differs(x, x)),
  Log: { inputs: 1, apply: ([x], locals) => logarithm(x, locals) },
  Neg: unary(vector.negate),
  Relu: unary((x) => vector.most(x, vector.zero())),
  /** Zeros, and NaN, stay what they are. */
  Sign: unary((x) => {
    const signedOne = vector.or(vector.and(x, vector.splat(int(SIGN_BIT))), vector.splat(int(ONE)))
    return vector.select(signedOne, x, vector.isGreater(vector.absolute(x), vector.zero()))
  }),
  Add: binary(vector.add),
  Sub: binary(vector.subtract),
  Mul: binary(vector.multiply),
  Div: binary(vector.divide),
  Max: binary(vector.most),
  Min: binary(vector.least),
  Where: { inputs: 3, apply: ([condition, yes, no]) => vector.select(yes, no, condition) },
}

/** Operators that go through their inputs column by column, one of width 1 being repeated; undefined for another. */
export function elementwise(operator: string, inputs: readonly Operand[]): Step | undefined {
  const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
  if (!known) return operator === 'Exp' ? powers(inputs) : undefined
  if (known.inputs !== inputs.length) throw new UnsupportedGraph(`${operator} of ${inputs.length} inputs`)
  const width = Math.max(...inputs.map((input) => input.width))
  const isBroad = inputs.every((input) => input.width === width || input.width === 1)
  if (!isBroad || inputs.every(({ stride }) => stride === 0))
    throw new UnsupportedGraph(`${operator} of widths ${inputs.map((input) => input.width).join(', ')}`)
  const layouts = inputs.map((input) => ({ stride: input.stride, isRepeated: input.width === 1 && width > 1 }))
  return {
    width,
    functions: { combine: combineRows({ width: rowOctets(width), stride: rowOctets(width) }, layouts, known.apply) },
    bind: ({ functions }, out) => {
      const addresses = inputs.map(({ address }) => address)
      return (rows) => functions.combine(out.address, out.address + rows * out.stride, ...addresses)
    },
  }
}

/** e^x, which vectors of the processor do not compute. */
function powers(inputs: readonly Operand[]): Step | undefined {
  const [{ address, width, stride }] = inputs
  if (inputs.length !== 1 || stride === 0) return undefined
  return {
    width,
    functions: {},
    bind({ memory }, out) {
      const [from, to] = [address, out.address].map((at) => new Float32Array(memory, at, BLOCK_ROWS * toVectors(width)))
      return (rows) => {
        for (let i = 0; i < rows * toVectors(width); i++) to[i] = Math.exp(from[i])
      }
    },
  }
}

/** Instructions of WebAssembly (webassembly.github.io/spec/core, binary format), as the octets that a function body is made of. */
export type Code = readonly number[]

/** A local of a function: its number. */
export type Local = number

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const octets: number[] = []
  for (let rest = value; ;) {
    const low = rest & 0x7f
    rest >>>= 7
    octets.push(rest === 0 ? low : low | 0x80)
    if (rest === 0) return octets
  }
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const octets: number[] = []
  for (let rest = value; ;) {
    const low = rest & 0x7f
    rest >>= 7
    const isLast = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)
    octets.push(isLast ? low : low | 0x80)
    if (isLast) return octets
  }
}

const EMPTY = 0x40
const END = 0x0b
const VECTOR = 0xfd
/** Loads and stores are at addresses that are multiples of four. */
const ALIGNMENT = 2

export const get = (local: Local): Code => [0x20, ...unsigned(local)]
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)]
export const int = (value: number): Code => [0x41, ...signed(value)]

const two =
  (...operator: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...operator]
export const add = two(0x6a)
export const subtract = two(0x6b)
export const multiply = two(0x6c)
export const shiftLeft = two(0x74)
export const xor = two(0x73)
export const or = two(0x72)
export const isLess = two(0x48)
export const isGreater = two(0x4a)
export const isAtMost = two(0x4c)

/** From `offset` octets after the address. */
export const load = (address: Code, offset = 0): Code => [...address, 0x28, ALIGNMENT, ...unsigned(offset)]
export const store = (address: Code, value: Code, offset = 0): Code => [
  ...address,
  ...value,
  0x36,
  ALIGNMENT,
  ...unsigned(offset),
]

/** Does the body, and again from its start while the condition holds at its end. */
export const repeatWhile = (condition: Code, ...body: Code[]): Code => [
  0x03,
  EMPTY,
  ...body.flat(),
  ...condition,
  0x0d,
  0,
  END,
]

export const when = (condition: Code, yes: Code[], no: Code[] = []): Code => [
  ...condition,
  0x04,
  EMPTY,
  ...yes.flat(),
  ...(no.length > 0 ? [0x05, ...no.flat()] : []),
  END,
]

const one =
  (...operator: number[]) =>
  (value: Code): Code => [...value, VECTOR, ...operator]

const shift =
  (...operator: number[]) =>
  (value: Code, bits: number): Code => [...value, ...int(bits), VECTOR, ...operator]

/** Four numbers of 32 bits as they lie in memory. */
const constant = (numbers: Float32Array | Int32Array): Code => [
  VECTOR,
  0x0c,
  ...new Uint8Array(numbers.buffer, numbers.byteOffset, 16),
]

/** Four numbers of 32 bits in one register; names of arithmetic are for floats but where they say whole. */
export const vector = {
  load: (address: Code, offset = 0): Code => [...address, VECTOR, 0x00, ALIGNMENT, ...unsigned(offset)],
  /** One number four times. */
  loadSplat: (address: Code, offset = 0): Code => [...address, VECTOR, 0x09, ALIGNMENT, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    VECTOR,
    0x0b,
    ALIGNMENT,
    ...unsigned(offset),
  ],
  floats: (...values: number[]): Code =>
    constant(Float32Array.from({ length: 4 }, (_, i) => values[i % values.length])),
  whole: (value: number): Code => constant(new Int32Array(4).fill(value)),
  splat: one(0x11),
  zero: (): Code => vector.splat(int(0)),
  and: two(VECTOR, 0x4e),
  or: two(VECTOR, 0x50),
  xor: two(VECTOR, 0x51),
  /** The bits of `a` where the mask has ones, else those of `b`. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, VECTOR, 0x52],
  /** All ones where they differ, as NaN does from itself. */
  isEqual: two(VECTOR, 0x41),
  differs: two(VECTOR, 0x42),
  isLess: two(VECTOR, 0x43),
  isGreater: two(VECTOR, 0x44),
  floor: one(0x68),
  /** All bits of each become its sign. */
  wholeSign: (value: Code): Code => [...value, ...int(31), VECTOR, 0xac, 0x01],
  wholeShiftLeft: shift(0xab, 0x01),
  /** The sign comes in from the left. */
  wholeShiftRight: shift(0xac, 0x01),
  wholeAdd: two(VECTOR, 0xae, 0x01),
  wholeSubtract: two(VECTOR, 0xb1, 0x01),
  /** Whole numbers as floats. */
  toFloats: one(0xfa, 0x01),
  wholeLeast: two(VECTOR, 0xb6, 0x01),
  wholeMost: two(VECTOR, 0xb8, 0x01),
  absolute: one(0xe0, 0x01),
  negate: one(0xe1, 0x01),
  add: two(VECTOR, 0xe4, 0x01),
  subtract: two(VECTOR, 0xe5, 0x01),
  multiply: two(VECTOR, 0xe6, 0x01),
  divide: two(VECTOR, 0xe7, 0x01),
  least: two(VECTOR, 0xe8, 0x01),
  most: two(VECTOR, 0xe9, 0x01),
}

import { get, set, vector, type Code } from './instructions.ts'
import type { Locals } from './module.ts'

const { add, subtract, multiply, select, floats, whole } = vector
/** The bits of the root of a half: from it to its double the exponent counts as 0. */
const ROOT_OF_HALF = 0x3f3504f3
const EXPONENT_SHIFT = 23
const SMALLEST_NORMAL = 2 ** -126
/** The natural logarithm of 2, the first part in so few bits that its product with an exponent is exact. */
const LN2_HIGH = 0.693359375
const LN2_LOW = -2.1219444e-4
/** Of (log(1 + f) - f + f^2 / 2) / f^3 between the roots of a half and of two, less 1; the highest power first (Cephes, logf). */
const COEFFICIENTS = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]

/** The natural logarithms of four floats, within two units of the last place: of zero -Infinity, of less NaN. */
export function logarithm(x: Code, locals: Locals): Code {
  const [given, bits, octaves, f, square] = Array.from({ length: 5 }, locals.vector)
  // Those too small for an exponent of their own are given one, and it is taken off again.
  const isTiny = vector.isLess(get(given), floats(SMALLEST_NORMAL))
  const exponent = vector.wholeShiftRight(vector.wholeSubtract(get(bits), whole(ROOT_OF_HALF)), EXPONENT_SHIFT)
  const mantissa = vector.wholeSubtract(get(bits), vector.wholeShiftLeft(get(octaves), EXPONENT_SHIFT))
  const series = COEFFICIENTS.map((value) => floats(value)).reduce((sum, value) => add(multiply(sum, get(f)), value))
  const low = add(multiply(multiply(series, get(f)), get(square)), multiply(get(octaves), floats(LN2_LOW)))
  const high = multiply(get(octaves), floats(LN2_HIGH))
  const inside = add(add(get(f), subtract(low, multiply(get(square), floats(0.5)))), high)
  const isPositive = vector.isGreater(get(given), vector.zero())
  const isFinite = vector.isLess(get(given), floats(Infinity))
  const notPositive = select(floats(-Infinity), floats(NaN), vector.isEqual(get(given), vector.zero()))
  return [
    ...set(given, x),
    ...set(bits, select(multiply(get(given), floats(2 ** EXPONENT_SHIFT)), get(given), isTiny)),
    ...set(octaves, exponent),
    ...set(f, subtract(mantissa, floats(1))),
    ...set(octaves, subtract(vector.toFloats(get(octaves)), vector.and(floats(EXPONENT_SHIFT), isTiny))),
    ...set(square, multiply(get(f), get(f))),
    // Infinity and NaN are what they were.
    ...select(select(inside, get(given), isFinite), notPositive, isPositive),
  ]
}

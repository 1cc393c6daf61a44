import { add, get, int, isLess, repeatWhile, set, vector } from './instructions.ts'
import type { KernelFunction } from './module.ts'

/** Keys above and below those of all numbers, infinities included. */
export const ABOVE_ALL = 0x7fffffff
export const BELOW_ALL = -0x80000000

/**
 * order(rows, end, keys, least, most): floats of four columns, from `rows` to `end` by `stride` octets, become keys that are ordered as the
 * floats are, both zeros being one. Each is written twice, `half` octets apart: an absent value is above all others in the first
 * half of a row and below all in the second. So a split reads the half that sends absent values its way, and needs no other test.
 * The smallest and largest key of each column go to `least` and `most`.
 */
export function orderRows(stride: number, half: number): KernelFunction {
  return {
    parameters: 5,
    body([rows, end, keys, least, most], locals) {
      const [float, key, absent] = [locals.vector(), locals.vector(), locals.vector()]
      const halves = [
        { offset: 0, stand: ABOVE_ALL, value: locals.vector(), low: locals.vector(), high: locals.vector() },
        { offset: half, stand: BELOW_ALL, value: locals.vector(), low: locals.vector(), high: locals.vector() },
      ]
      return [
        ...halves.flatMap(({ low, high }) => [
          set(low, vector.splat(int(ABOVE_ALL))),
          set(high, vector.splat(int(BELOW_ALL))),
        ]),
        repeatWhile(
          isLess(get(rows), get(end)),
          set(float, vector.load(get(rows))),
          set(absent, vector.differs(get(float), get(float))),
          // Adding zero makes -0 to 0.
          set(key, vector.add(get(float), vector.zero())),
          set(key, vector.xor(get(key), vector.and(vector.wholeSign(get(key)), vector.splat(int(ABOVE_ALL))))),
          ...halves.flatMap(({ offset, stand, value, low, high }) => [
            set(value, vector.select(vector.splat(int(stand)), get(key), get(absent))),
            vector.store(get(keys), get(value), offset),
            set(low, vector.wholeLeast(get(low), get(value))),
            set(high, vector.wholeMost(get(high), get(value))),
          ]),
          set(rows, add(get(rows), int(stride))),
          set(keys, add(get(keys), int(2 * stride))),
        ),
        ...halves.flatMap(({ offset, low, high }) => [
          vector.store(get(least), get(low), offset),
          vector.store(get(most), get(high), offset),
        ]),
      ]
    },
  }
}

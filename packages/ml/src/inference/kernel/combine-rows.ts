import { add, get, int, isLess, repeatWhile, set, vector, type Code } from './instructions.ts'
import type { KernelFunction } from './module.ts'

/** How an input of `combineRows` is laid out: octets from a row to the next, 0 where all rows read the same. */
export interface InputLayout {
  readonly stride: number
  /** One number a row, for all columns. */
  readonly isRepeated: boolean
}

/**
 * combine(out, end, input...): computes rows of `width` octets from `out` to `end`, column by column from those of up to three inputs, four
 * columns at a time.
 */
export function combineRows(
  width: number,
  inputs: readonly InputLayout[],
  operator: (...values: Code[]) => Code,
): KernelFunction {
  return {
    parameters: 2 + inputs.length,
    body([out, end, ...rows], locals) {
      const column = locals.int()
      const values = inputs.map(({ isRepeated }, i) =>
        isRepeated ? vector.loadSplat(get(rows[i])) : vector.load(add(get(rows[i]), get(column))),
      )
      return [
        repeatWhile(
          isLess(get(out), get(end)),
          set(column, int(0)),
          repeatWhile(
            isLess(get(column), int(width)),
            vector.store(add(get(out), get(column)), operator(...values)),
            set(column, add(get(column), int(16))),
          ),
          set(out, add(get(out), int(width))),
          ...inputs.flatMap(({ stride }, i) => (stride === 0 ? [] : [set(rows[i], add(get(rows[i]), int(stride)))])),
        ),
      ]
    },
  }
}

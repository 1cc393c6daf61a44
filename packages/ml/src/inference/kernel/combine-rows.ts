import { add, get, int, isLess, repeatWhile, set, vector, type Code } from './instructions.ts'
import type { KernelFunction, Locals } from './module.ts'

/** How an input of `combineRows` is laid out: octets from a row to the next, 0 where all rows read the same. */
export interface InputLayout {
  readonly stride: number
  /** One number a row, for all columns. */
  readonly isRepeated: boolean
}

/** What is computed of four columns: of each input once, without loading it again, or with locals of its own. */
export type RowOperator = (values: readonly Code[], locals: Locals) => Code

/**
 * combine(out, end, input...): computes `width` octets of the rows from `out` to `end`, column by column from those of up to three inputs, four
 * columns at a time. It is `stride` octets from a row to the next.
 */
export function combineRows(
  { width, stride }: { width: number; stride: number },
  inputs: readonly InputLayout[],
  operator: RowOperator,
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
            vector.store(add(get(out), get(column)), operator(values, locals)),
            set(column, add(get(column), int(16))),
          ),
          set(out, add(get(out), int(stride))),
          ...inputs.flatMap((input, i) =>
            input.stride === 0 ? [] : [set(rows[i], add(get(rows[i]), int(input.stride)))],
          ),
        ),
      ]
    },
  }
}

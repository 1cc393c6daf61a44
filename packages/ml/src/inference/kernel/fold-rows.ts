import { add, get, int, isLess, repeatWhile, set, vector, type Code } from './instructions.ts'
import type { KernelFunction } from './module.ts'

/** Columns whose sums are four columns of the result: from `offset` octets on in a row, each times its factor. */
export interface FoldTerm {
  readonly offset: number
  readonly factors: readonly number[]
}

/**
 * fold(row, end, out): of each row of `stride` octets from `row` to `end`, four columns of the result after the other, each the sum of its
 * terms in their order, which are written out as instructions.
 */
export function foldRows(stride: number, columns: readonly (readonly FoldTerm[])[]): KernelFunction {
  return {
    parameters: 3,
    body: ([row, end, out]) => {
      const termOf = ({ offset, factors }: FoldTerm): Code => {
        const values = vector.load(get(row), offset)
        return factors.every((factor) => factor === 1) ? values : vector.multiply(values, vector.floats(...factors))
      }
      const sumOf = (terms: readonly FoldTerm[]): Code =>
        terms.length > 0 ? terms.map(termOf).reduce(vector.add) : vector.zero()
      return [
        repeatWhile(
          isLess(get(row), get(end)),
          ...columns.map((terms, i) => vector.store(get(out), sumOf(terms), 16 * i)),
          set(row, add(get(row), int(stride))),
          set(out, add(get(out), int(16 * columns.length))),
        ),
      ]
    },
  }
}

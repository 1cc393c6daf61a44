import { add, get, int, isGreater, isLess, repeatWhile, set, vector, when } from './instructions.ts'
import type { KernelFunction } from './module.ts'

/** Rows and outputs that are computed together. */
export const TILE_ROWS = 4
export const TILE_OUTPUTS = 8

export interface ProductShape {
  /** Floats that are multiplied, and octets from one row of them to the next. */
  readonly inputs: number
  readonly stride: number
  /** Floats of a row of results, of which there is room for a multiple of four. */
  readonly outputs: number
}

/**
 * multiply(row, end, weights, out, lanes): columns of the product of the rows from `row` to `end`, as many as `lanes` says, four or
 * TILE_OUTPUTS. Weights are TILE_OUTPUTS floats an input.
 */
export function multiplyRows({ inputs, stride, outputs }: ProductShape): KernelFunction {
  const outStride = 16 * Math.ceil(outputs / 4)
  return {
    parameters: 5,
    body([row, end, weights, out, lanes], locals) {
      const [input, inputsEnd, weight] = [locals.int(), locals.int(), locals.int()]
      const [first, second, value] = [locals.vector(), locals.vector(), locals.vector()]
      const tile = Array.from({ length: TILE_ROWS }, (_, i) => ({
        from: stride * i,
        to: outStride * i,
        sums: [locals.vector(), locals.vector()],
      }))
      const addTo = (sum: number, factor: number) =>
        set(sum, vector.add(get(sum), vector.multiply(get(value), get(factor))))
      return [
        repeatWhile(
          isLess(get(row), get(end)),
          ...tile.flatMap(({ sums }) => sums.map((sum) => set(sum, vector.zero()))),
          set(input, get(row)),
          set(inputsEnd, add(get(row), int(4 * inputs))),
          set(weight, get(weights)),
          repeatWhile(
            isLess(get(input), get(inputsEnd)),
            set(first, vector.load(get(weight))),
            set(second, vector.load(get(weight), 16)),
            ...tile.flatMap(({ from, sums }) => [
              set(value, vector.loadSplat(get(input), from)),
              addTo(sums[0], first),
              addTo(sums[1], second),
            ]),
            set(input, add(get(input), int(4))),
            set(weight, add(get(weight), int(4 * TILE_OUTPUTS))),
          ),
          ...tile.map(({ to, sums }) => vector.store(get(out), get(sums[0]), to)),
          when(
            isGreater(get(lanes), int(4)),
            tile.map(({ to, sums }) => vector.store(get(out), get(sums[1]), to + 16)),
          ),
          set(row, add(get(row), int(stride * TILE_ROWS))),
          set(out, add(get(out), int(outStride * TILE_ROWS))),
        ),
      ]
    },
  }
}

import { FEATURE_COUNT } from '@picket/ml/features'
import { shuffle } from './random.ts'

/** Rows of which every column is in a random order of its own: values that occur, in combinations that do not. */
export function permuteColumns(table: Float32Array, random: () => number): Float32Array {
  const count = table.length / FEATURE_COUNT
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  const permuted = new Float32Array(table.length)
  for (let column = 0; column < FEATURE_COUNT; column += 1) {
    shuffle(order, random)
    for (let row = 0; row < count; row += 1) {
      permuted[row * FEATURE_COUNT + column] = table[order[row] * FEATURE_COUNT + column]
    }
  }
  return permuted
}

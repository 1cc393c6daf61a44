import { expect, test } from 'vitest'
import { createRandom } from '../../training/random.ts'
import { combineRows } from './combine-rows.ts'
import { logarithm } from './logarithm.ts'
import { compileKernel } from './module.ts'

const COUNT = 4096
const inputs = [{ stride: 16, isRepeated: false }]
const log = combineRows({ width: 16, stride: 16 }, inputs, ([x], locals) => logarithm(x, locals))
const { memory, functions } = compileKernel({ log }, 8 * COUNT)

function logarithms(values: readonly number[]): number[] {
  new Float32Array(memory).set(values)
  functions.log(4 * COUNT, 4 * COUNT + 4 * values.length, 0)
  return [...new Float32Array(memory, 4 * COUNT, values.length)]
}

test('logarithms of floats of any size are those of Math.log to the last places', () => {
  const random = createRandom(5)
  const values = Array.from({ length: COUNT }, (_, i) =>
    Math.fround(i % 2 === 0 ? 2 ** (random() * 276 - 148) : 1 + random() / 2 ** (random() * 20)),
  )
  logarithms(values).forEach((value, i) => {
    const expected = Math.log(values[i])
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(2 ** -22 * Math.max(Math.abs(expected), 2 ** -24))
  })
})

test('of what has no logarithm, and of one', () => {
  const values = [0, -0, -1, -Infinity, NaN, Infinity, 1, 2 ** -149]
  const expected = [-Infinity, -Infinity, NaN, NaN, NaN, Infinity, 0, Math.fround(Math.log(2 ** -149))]
  expect(logarithms(values)).toEqual(expected)
})

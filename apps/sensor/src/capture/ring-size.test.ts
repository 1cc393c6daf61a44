import { expect, test } from 'vitest'
import { ringBlocks } from './ring-size.ts'

test('few interfaces have large rings, many share what all may take', () => {
  const [ethernet, loopback] = [{ isLoopback: false }, { isLoopback: true }]
  expect([1, 4, 8, 32, 200].map((count) => ringBlocks(ethernet, count))).toEqual([64, 64, 32, 8, 8])
  expect([1, 8, 32].map((count) => ringBlocks(loopback, count))).toEqual([32, 32, 8])
})

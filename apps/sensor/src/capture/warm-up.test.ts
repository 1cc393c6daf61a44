import { expect, test } from 'vitest'
import { warmUp } from './warm-up.ts'

test('the packet path takes its made-up packets without a complaint, and again', () => {
  expect(() => warmUp()).not.toThrow()
  expect(() => warmUp()).not.toThrow()
})

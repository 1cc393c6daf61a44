import { expect, test } from 'vitest'
import { parseThresholdRequest } from './threshold-request.ts'

test.each([
  ['aDay=12&threshold=0.99', { aDay: 12, threshold: 0.99 }],
  ['aDay=0&threshold=1', { aDay: 0, threshold: 1 }],
  ['aDay=12', undefined],
  ['aDay=-1&threshold=0.99', undefined],
  ['aDay=1e9&threshold=0.99', undefined],
  ['aDay=5&threshold=0.2', undefined],
])('%s', (typed, request) => {
  expect(parseThresholdRequest(new URLSearchParams(typed))).toEqual(request)
})

import { expect, test } from 'vitest'
import { planSensors } from './plan.ts'

const plan = (sensors: number, replay: string[], interfaces: string[]) =>
  planSensors({ sensors, replay, hostname: 'h' }, interfaces)

test('one sensor takes every interface, or every capture', () => {
  expect(plan(1, [], ['a', 'b'])).toEqual([{ name: 'h', interfaces: [], replay: [] }])
  expect(plan(1, ['x', 'y'], ['a'])).toEqual([{ name: 'h', interfaces: [], replay: ['x', 'y'] }])
})

test('several sensors share the interfaces out', () => {
  expect(plan(2, [], ['a', 'b', 'c'])).toEqual([
    { name: 'h-1', interfaces: ['a', 'c'], replay: [] },
    { name: 'h-2', interfaces: ['b'], replay: [] },
  ])
})

test('more sensors than captures: captures are used again', () => {
  expect(plan(3, ['x', 'y'], []).map((sensor) => sensor.replay)).toEqual([['x'], ['y'], ['x']])
})

test('no sensor, no plan', () => {
  expect(plan(0, [], ['a'])).toEqual([])
})

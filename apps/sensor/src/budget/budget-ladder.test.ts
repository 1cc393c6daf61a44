import { expect, test } from 'vitest'
import { BudgetLadder } from './budget-ladder.ts'
import { Rung } from './rung.ts'

const walk = (ladder: BudgetLadder, cores: number[]): Rung[] =>
  cores.map((cpuCores) => ladder.next({ cpuCores, memoryBytes: 100 }))
const times = (count: number, value: number): number[] => Array<number>(count).fill(value)

test('two measurements above the limit are a step down, as far as counters', () => {
  const ladder = new BudgetLadder({ cpuCores: 0.5 })
  expect(walk(ladder, [0.6, 0.4, 0.6, 0.6])).toEqual([0, 0, 0, 1])
  expect(walk(ladder, times(8, 0.9)).at(-1)).toBe(Rung.COUNTERS)
})

test('a while with room for the rung above is a step up; near the limit it stays', () => {
  const ladder = new BudgetLadder({ cpuCores: 0.5 })
  walk(ladder, times(6, 0.6))
  expect(walk(ladder, times(30, 0.45)).at(-1)).toBe(Rung.ONE_FLOW_IN_FOUR)
  expect(walk(ladder, times(10, 0.1)).at(-1)).toBe(Rung.WITHOUT_PACKET_STATISTICS)
  expect(walk(ladder, times(10, 0.1)).at(-1)).toBe(Rung.WITHOUT_RECOGNITION)
  expect(walk(ladder, times(10, 0.1)).at(-1)).toBe(Rung.EVERYTHING)
})

test('memory counts as well, and without limits nothing is ever left out', () => {
  const ladder = new BudgetLadder({ memoryBytes: 99 })
  expect(walk(ladder, [0, 0])).toEqual([0, 1])
  expect(walk(new BudgetLadder({}), times(9, 99)).at(-1)).toBe(Rung.EVERYTHING)
})

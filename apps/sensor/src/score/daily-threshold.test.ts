import { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { DailyThreshold } from './daily-threshold.ts'

const DAY_S = 86_400
const T0 = 1.79e15

/** A day of flows of one interface, one every `gap` seconds, whose anomalies `toAnomaly` makes of even numbers between 0 and 1. */
function* day(number: number, { gap = 20, name = 'eth0', toAnomaly = (x: number) => x } = {}): Generator<Flow> {
  for (let second = 0, i = 0; second < DAY_S; second += gap, i++) {
    const chance = ((number * 4321 + i) * 0.618_033_988_75) % 1
    yield Flow.fromPartial({ interface: name, anomaly: toAnomaly(chance), endUs: T0 + (number * DAY_S + second) * 1e6 })
  }
}

/** Flows of the last of some days that reach the threshold solved for before it. */
function countLast(aDay: number, options: Parameters<typeof day>[1] = {}): number {
  const daily = new DailyThreshold()
  for (let number = 0; number < 6; number++) daily.observe([...day(number, options)])
  const threshold = daily.solve('eth0', aDay) ?? NaN
  return [...day(6, options)].filter(({ anomaly }) => (anomaly ?? 0) >= threshold).length
}

test.each([5, 20, 100])('%i a day are as many, whatever the flow rate', (aDay) => {
  for (const gap of [5, 20, 60]) {
    const count = countLast(aDay, { gap })
    expect(Math.abs(count - aDay), `a flow every ${gap} s`).toBeLessThan(3 * Math.sqrt(aDay) + 0.1 * aDay)
  }
})

test('an interface whose anomalies run high gets a higher threshold', () => {
  const count = countLast(20, { toAnomaly: (x) => 1 - (1 - x) * 0.4 })
  expect(Math.abs(count - 20)).toBeLessThan(15)
})

test('interfaces share the day; one not seen for ten minutes has no threshold; scans do not count', () => {
  const daily = new DailyThreshold()
  const [first] = day(0)
  daily.observe([first])
  expect(daily.solve('eth0', 10)).toBeUndefined()
  expect(daily.isSettled('eth0')).toBe(false)
  for (const name of ['eth0', 'eth1']) daily.observe([...day(0, { name })])
  expect(daily.isSettled('eth0')).toBe(true)
  const shared = daily.solve('eth0', 10) ?? NaN
  const flowsADay = DAY_S / 20
  expect(1 - shared).toBeCloseTo(5 / flowsADay, 3)
  daily.observe(Array.from({ length: 50_000 }, () => Flow.fromPartial({ ...first, class: 'scan', anomaly: 1 })))
  expect(1 - (daily.solve('eth0', 20) ?? NaN)).toBeCloseTo(10 / flowsADay, 3)
  expect(daily.solve('eth0', 10)).toBe(shared)
})

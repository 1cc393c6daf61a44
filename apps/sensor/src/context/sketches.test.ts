import { describe, expect, test } from 'vitest'
import { DistinctCounters } from './distinct-counters.ts'
import { FrequencySketch } from './frequency-sketch.ts'
import { hashJoined, hashText } from './octet-hash.ts'
import { PairRhythm } from './pair-rhythm.ts'
import { SlotIndex } from './slot-index.ts'

const HOUR_US = 3600e6

describe('distinct counters', () => {
  test.each([1, 5, 20, 60, 150, 500, 3000])('%i things are counted within the stated standard error', (count) => {
    const runs = 120
    const counters = new DistinctCounters(runs)
    let squares = 0
    for (let run = 0; run < runs; run++) {
      const place = hashText(String(run), 7)
      for (let i = 0; i < 2 * count; i++) counters.add(run, hashJoined(place, i % count))
      squares += (counters.estimate(run) / count - 1) ** 2
    }
    expect(Math.sqrt(squares / runs)).toBeLessThan(0.13 * 1.15)
  })

  test('two panes are counted together, and each slot by itself', () => {
    const counters = new DistinctCounters(2)
    for (let i = 0; i < 30; i++) counters.add(0, hashText(`a${i}`, 1))
    counters.turn(0)
    for (let i = 0; i < 30; i++) counters.add(0, hashText(`b${i}`, 1))
    expect(counters.estimate(0)).toBeGreaterThan(45)
    counters.turn(0)
    expect(counters.estimate(0)).toBeLessThan(40)
    expect(counters.estimate(1)).toBe(0)
    counters.clear(0)
    expect(counters.estimate(0)).toBe(0)
  })
})

describe('frequency sketch', () => {
  test('never says too little, and too much by more than e / 8,192 of all in at most 1.8 % of cases', () => {
    const sketch = new FrequencySketch(HOUR_US)
    const exact = new Map<number, number>()
    const total = 150_000
    for (let i = 0; i < total; i++) {
      // A few things come by all the time, most of 30,000 seldom.
      const thing = Math.floor(30_000 * ((i * 0.618_033_988_75) % 1) ** 3)
      exact.set(thing, (exact.get(thing) ?? 0) + 1)
      sketch.count(hashJoined(3, thing), HOUR_US)
    }
    let tooMuch = 0
    for (const [thing, count] of exact) {
      const said = sketch.count(hashJoined(3, thing), HOUR_US)
      expect(said).toBeGreaterThanOrEqual(count)
      if (said > count + (Math.E / 8192) * total) tooMuch++
    }
    expect(tooMuch / exact.size).toBeLessThan(0.018)
  })

  test('remembers one pane and the one before', () => {
    const sketch = new FrequencySketch(HOUR_US)
    const said = (hour: number) => sketch.count(99, hour * HOUR_US)
    expect([said(5), said(5), said(6), said(4), said(7), said(9)]).toEqual([0, 1, 2, 3, 2, 0])
    expect(sketch.total).toBe(1)
  })
})

describe('pair rhythm', () => {
  const rhythmOf = (intervals: number[]) => {
    const pairs = new PairRhythm()
    let startUs = 1e15
    let slot = pairs.count(1, startUs)
    for (const seconds of intervals) slot = pairs.count(1, (startUs += seconds * 1e6))
    return pairs.variation(slot)
  }
  const jittered = (share: number) =>
    Array.from({ length: 60 }, (_, i) => 60 * (1 + share * (2 * ((i * 0.618_033_988_75) % 1) - 1)))

  test('a clock is 0, one with jitter a little more, chance about 1', () => {
    expect(rhythmOf(jittered(0))).toBe(0)
    expect(rhythmOf(jittered(0.2))).toBeCloseTo(0.2 / Math.sqrt(3), 1)
    const chance = Array.from({ length: 400 }, (_, i) => 3 - 60 * Math.log(1 - ((i * 0.618_033_988_75) % 1)))
    expect(rhythmOf(chance)).toBeGreaterThan(0.7)
  })

  test('no rhythm before eight intervals; the requests of one visit are none', () => {
    expect(rhythmOf(jittered(0).slice(0, 7))).toBeNaN()
    expect(rhythmOf(Array.from({ length: 100 }, () => 0.5))).toBeNaN()
  })
})

test('failed attempts count half after ten minutes, by pair, and a pair that is forgotten begins anew', () => {
  const pairs = new PairRhythm()
  const at = (seconds: number) => 1e15 + seconds * 1e6
  const [one, other] = [pairs.count(1, at(0)), pairs.count(2, at(0))]
  expect([0, 0, 600, 600].map((seconds) => pairs.failures(one, at(seconds), true))).toEqual([1, 2, 2, 3])
  expect(pairs.failures(one, at(1200), false)).toBe(1.5)
  expect(pairs.failures(one, at(0), false)).toBe(1.5)
  expect(pairs.failures(other, at(0), false)).toBe(0)
  for (let pair = 3; pair < 9000; pair++) pairs.count(pair, at(1300))
  expect(pairs.failures(pairs.count(1, at(1301)), at(1301), true)).toBe(1)
})

test('a full table gives a slot not used since the last one was taken, as new', () => {
  const fresh: number[] = []
  const index = new SlotIndex(2, (slot) => fresh.push(slot))
  const [a, b] = [index.slotOf(10), index.slotOf(20)]
  expect(index.slotOf(10)).toBe(a)
  expect(index.slotOf(30)).toBe(b)
  expect(fresh).toEqual([a, b, b])
  expect(index.evictions).toBe(1)
})

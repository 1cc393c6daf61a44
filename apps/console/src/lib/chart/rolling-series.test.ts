import { describe, expect, it } from 'vitest'
import { RollingSeries } from './rolling-series.ts'

const series = () =>
  new RollingSeries({ t: [100, 102, 104], stepSeconds: 2, columns: { a: [1, null, 3], b: [5, 6, 7] } }, 6)
const sample = (id: string, time: number, amount: number, span = 1) => ({ id, time, span, amount })

describe('a rolling series', () => {
  it('puts a sample in the bucket its span lies in', () => {
    const rolling = series()
    rolling.add(sample('a', 107, 40), 107)
    rolling.add(sample('a', 108, 20), 108) // ends on the boundary: still counted in 106..108
    expect(rolling.t).toEqual([100, 102, 104, 106])
    expect(rolling.column('a')).toEqual([1, null, 3, 30])
  })

  it('leaves what nothing came for without data', () => {
    const rolling = series()
    rolling.add(sample('a', 109, 8), 109)
    expect(rolling.column('b')).toEqual([6, 7, null, null])
    expect(rolling.column('a')).toEqual([null, 3, null, 8])
  })

  it('holds no more buckets than its span', () => {
    const rolling = series()
    for (let time = 105; time < 1105; time++) rolling.add(sample('a', time, time), time)
    expect(rolling.t).toHaveLength(4)
    expect(rolling.column('a')).toHaveLength(4)
    expect(rolling.t.at(-1)).toBe(1102)
  })

  it('survives a long absence without filling it bucket by bucket', () => {
    const rolling = series()
    rolling.add(sample('a', 1_000_001, 8), 1_000_001)
    expect(rolling.t.length).toBeLessThanOrEqual(4)
    expect(rolling.column('a').at(-1)).toBe(8)
    rolling.add(sample('a', 103, 8), 1_000_001)
    expect(rolling.column('a').filter((value) => value !== null)).toEqual([8])
  })

  it('averages by time, going on from what the server had counted', () => {
    const rolling = series()
    rolling.add(sample('a', 105.9, 5), 106)
    expect(rolling.column('a')).toEqual([1, null, 4])
  })

  it('leaves out a clock that is ahead, and what it does not know', () => {
    const rolling = series()
    rolling.add(sample('a', 4000, 1), 107)
    rolling.add(sample('unknown', 107, 1), 107)
    rolling.add(sample('a', 107, 1, 0), 107)
    expect(rolling.ahead).toBe(1)
    expect(rolling.t).toEqual([100, 102, 104])
  })
})

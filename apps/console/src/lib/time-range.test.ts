import { describe, expect, it } from 'vitest'
import { parseMoment, parseTimeRange, rangeLabel, rangeQuery, withRange } from './time-range.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const range = (query: string) => parseTimeRange(new URLSearchParams(query), NOW)

describe('parseMoment', () => {
  it.each([
    ['now', NOW],
    ['now-30s', NOW - 30_000],
    ['now-15m', NOW - 900_000],
    ['now-6h', NOW - 21_600_000],
    ['now-7d', NOW - 604_800_000],
    ['now-2w', NOW - 1_209_600_000],
    [String(NOW), NOW],
    ['2026-11-22T11:00:00Z', NOW - 3_600_000],
    ['2026-11-22T12:00:00+01:00', NOW - 3_600_000],
  ])('reads %s', (text, expected) => expect(parseMoment(text, NOW)).toBe(expected))

  it.each(['', 'yesterday', 'now+1h', 'now-5', 'now-5y', '12', '2026-13-45', "now-15m'; drop table flows"])(
    'refuses %j',
    (text) => expect(parseMoment(text, NOW)).toBeUndefined(),
  )
})

describe('parseTimeRange', () => {
  it('is the last 15 minutes, live, when the URL says nothing', () => {
    expect(range('')).toEqual({ from: 'now-15m', to: 'now', fromMs: NOW - 900_000, toMs: NOW, live: true })
  })
  it('keeps a relative range relative', () => {
    expect(range('from=now-6h')).toMatchObject({ from: 'now-6h', to: 'now', live: true })
  })
  it('is not live when it ends in the past', () => {
    expect(range('from=now-6h&to=now-1h')).toMatchObject({ toMs: NOW - 3_600_000, live: false })
  })
  it.each(['from=x', 'from=now&to=now-1h', 'from=now-1h&to=now-1h', 'to=later'])('falls back on %s', (query) => {
    expect(range(query)).toMatchObject({ from: 'now-15m', to: 'now', live: true })
  })
  it('reads a URL as well as parameters', () => {
    expect(parseTimeRange(new URL('http://console/flows?from=now-1h'), NOW).fromMs).toBe(NOW - 3_600_000)
  })
})

describe('links', () => {
  it('round-trips through the URL', () => {
    const some = range('from=2026-11-22T10:00:00.000Z&to=2026-11-22T11:00:00.000Z')
    expect(range(rangeQuery(some))).toEqual(some)
  })
  it('keeps other parameters and drops the cursor of the old range', () => {
    const url = new URL('http://console/flows?q=dns&cursor=abc&from=now-1h')
    expect(withRange(url, { from: 'now-24h', to: 'now' })).toBe('/flows?q=dns&from=now-24h&to=now')
    expect(url.search).toBe('?q=dns&cursor=abc&from=now-1h')
  })
})

describe('rangeLabel', () => {
  it('names a preset', () => expect(rangeLabel(range('from=now-24h'))).toBe('Last 24 hours'))
  it('spells out any other range', () => {
    expect(rangeLabel(range('from=2026-11-21T10:00:00Z&to=2026-11-22T11:30:00Z'))).toMatch(/21 Nov .* – 22 Nov .*/)
    expect(rangeLabel(range('from=now-42m'))).toMatch(/ – now$/)
  })
})

import { expect, it } from 'vitest'
import { parseLiveRequest } from './live-request.ts'

const parse = (query: string, headers: Record<string, string> = {}) =>
  parseLiveRequest(new URL(`http://console/api/live${query}`), new Headers(headers))

it('reads the types and where to resume', () => {
  expect(parse('?types=alert,job')).toEqual({ ok: true, types: new Set(['alert', 'job']) })
  expect(parse('?types=alert&after=5-1')).toMatchObject({ ok: true, after: '5-1' })
  expect(parse('?types=alert&after=5-1', { 'last-event-id': '6-0' })).toMatchObject({ after: '6-0' })
})

it.each(['', '?types=', '?types=alert,nothing', '?types=toString', '?types=alert&after=*', '?types=alert&after=5'])(
  'refuses %s',
  (query) => expect(parse(query).ok).toBe(false),
)

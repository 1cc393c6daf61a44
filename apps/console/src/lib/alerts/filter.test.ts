import { expect, test } from 'vitest'
import { alertsLink, parseAlertQuery, toAlertFilter, type AlertQuery } from './filter.ts'

const everything: AlertQuery = {
  tab: 'closed',
  severities: ['critical', 'medium'],
  sensorId: '0d4c6c2e-4f0a-4a51-9f0e-3a4dfb0b8f11',
  rule: 'port-scan',
  entity: '2001:db8::1',
  text: 'a&b',
  since: 'now-24h',
}

test('a query survives the address bar', () => {
  const url = new URL(alertsLink(everything, '/alerts/A-7'), 'http://localhost')
  expect(url.pathname).toBe('/alerts/A-7')
  expect(parseAlertQuery(url.searchParams)).toEqual(everything)
})

test('open alerts of any time are what one sees without a query', () => {
  const query = parseAlertQuery(new URLSearchParams('state=nonsense&sev=loud&host=x&from=yesterday'))
  expect(alertsLink(query)).toBe('/alerts')
  expect(toAlertFilter(query)).toEqual({ state: 'open' })
})

test('the filter for the store resolves the moment', () => {
  expect(toAlertFilter(everything, 86_400_000 * 2)).toMatchObject({
    state: 'closed',
    severity: ['critical', 'medium'],
    from: 86_400_000,
  })
})

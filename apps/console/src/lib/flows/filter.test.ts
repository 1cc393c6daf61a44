import { expect, test } from 'vitest'
import { parseAddress } from './address.ts'
import { flowsLink, parseFlowQuery, withFlowQuery, type FlowQuery } from './filter.ts'

const everything: FlowQuery = {
  sensorId: '0d4c6c2e-4f0a-4a51-9f0e-3a4dfb0b8f11',
  interface: 'eth0.40',
  address: '2001:db8::/32',
  port: 443,
  protocol: 6,
  protocolName: 'tls',
  class: 'file-transfer',
  application: 'github',
  host: 'example.org',
  minAnomaly: 0.95,
  communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
  text: 'a & b = ü',
}

test('a filter survives the address bar', () => {
  const url = new URL(`http://localhost/flows?${withFlowQuery(new URLSearchParams(), everything)}`)
  expect(parseFlowQuery(url.searchParams)).toEqual({ query: everything, rejected: [] })
})

test('time range and sort stay when the filter changes, the open row does not', () => {
  const before = new URLSearchParams('from=now-6h&to=now&sort=octets&port=22&flow=abc')
  const after = withFlowQuery(before, { address: '192.0.2.1' })
  expect(after.toString()).toBe('from=now-6h&to=now&sort=octets&address=192.0.2.1')
})

test('what makes no sense is reported instead of silently matching everything', () => {
  const { query, rejected } = parseFlowQuery(
    new URLSearchParams('address=10.0.0.256&port=65536&anomaly=7&host=x&cid=1:nope&transport=tcp'),
  )
  expect(query).toEqual({ protocol: 6 })
  expect(rejected.map((each) => each.key)).toEqual(['sensorId', 'address', 'port', 'minAnomaly', 'communityId'])
})

test('an unnamed transport goes by its number', () => {
  const link = flowsLink({ protocol: 99 }, { from: 'now-1h', to: 'now' })
  expect(link).toBe('/flows?from=now-1h&to=now&transport=99')
  expect(parseFlowQuery(new URL(link, 'http://localhost').searchParams).query).toEqual({ protocol: 99 })
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  [' 10.0.0.0/8 ', '10.0.0.0/8'],
  ['2001:DB8::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['fe80::/10', 'fe80::/10'],
  ['10.0.0.0/33', undefined],
  ['10.0.0', undefined],
  ['example.org', undefined],
  ['1.2.3.4/8/9', undefined],
  [':::', undefined],
])('address %s', (text, expected) => {
  expect(parseAddress(text)).toBe(expected)
})

import { expect, test } from 'vitest'
import { parseSearchTerm } from './search-term.ts'

test.each([
  ['', {}],
  ['192.0.2.7', { address: '192.0.2.7' }],
  ['10.0.0.0/8', { address: '10.0.0.0/8' }],
  ['2001:db8::1', { address: '2001:db8::1' }],
  ['443', { port: 443 }],
  ['1:LQU9qZlK+B5F3KDmev6m5PMibrg=', { communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=' }],
  ['port:53', { port: 53 }],
  ['Proto:TLS', { protocolName: 'tls' }],
  ['domain:example.org', { host: 'example.org' }],
  ['anomaly:0.9', { minAnomaly: 0.9 }],
  ['example.org', { text: 'example.org' }],
  ['99999', { text: '99999' }],
  ['what:ever', { text: 'what:ever' }],
  ['port:ssh', undefined],
  ['ip:10.0.0.300', undefined],
])('%s', (input, expected) => {
  expect(parseSearchTerm(input)).toEqual(expected)
})

import { expect, test } from 'vitest'
import { parseAddress } from '../capture/parse-address.ts'
import { formatAddress, formatMac } from './format-address.ts'

test.each([
  '192.0.2.1',
  '::',
  '::1',
  '2001:db8::1',
  '2001:db8:0:1:1:1:1:1',
  '1::',
  'fe80::1:0:0:1',
  '2001:db8:1:2:3:4:5:6',
])('%s is written as it is read', (text) => {
  expect(formatAddress(parseAddress(text) ?? new Uint8Array(0))).toBe(text)
})

test('an IPv4 address in IPv6 is written as such', () => {
  const mapped = Uint8Array.from([...new Uint8Array(10), 0xff, 0xff, 192, 0, 2, 1])
  expect(formatAddress(mapped)).toBe('::ffff:192.0.2.1')
})

test('a link address as ECS has it', () => {
  expect(formatMac(Uint8Array.of(0, 0x50, 0x56, 0xab, 0xcd, 0xef))).toBe('00-50-56-AB-CD-EF')
})

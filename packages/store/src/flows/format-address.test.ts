import { expect, test } from 'vitest'
import { formatAddress, formatMac, parseNetwork } from './format-address.ts'

const words = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]))

// The examples of RFC 5952, sections 4 and 5.
test.each([
  [words(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
  [words(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
  [words(0x2001, 0, 0, 1, 0, 0, 0, 1), '2001:0:0:1::1'],
  [words(0, 0, 0, 0, 0, 0, 0, 0), '::'],
  [words(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
  [words(0xfe80, 0, 0, 0, 0, 0, 0, 0), 'fe80::'],
  [Uint8Array.of(192, 0, 2, 255), '192.0.2.255'],
  [new Uint8Array(), null],
  [new Uint8Array(5), null],
])('%s is %s', (octets, text) => {
  expect(formatAddress(octets)).toBe(text)
})

test('a MAC address', () => {
  expect(formatMac(Uint8Array.of(2, 0, 0xab, 4, 5, 6))).toBe('02:00:ab:04:05:06')
  expect(formatMac(new Uint8Array(8))).toBeNull()
})

test.each([
  ['192.0.2.1', { network: '192.0.2.1', single: true }],
  [' 192.0.2.0/24 ', { network: '192.0.2.0/24', single: false }],
  ['192.0.2.1/32', { network: '192.0.2.1/32', single: true }],
  ['2001:db8::/32', { network: '2001:db8::/32', single: false }],
  ['192.0.2.0/33', undefined],
  ['192.0.2', undefined],
  ['fe80::1%eth0', undefined],
  ['192.0.2.0/24/8', undefined],
  ['192.0.2.0/-1', undefined],
  ['web', undefined],
])('%s as a network', (text, network) => {
  expect(parseNetwork(text)).toEqual(network)
})

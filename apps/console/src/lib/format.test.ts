import { describe, expect, it } from 'vitest'
import { ago, bps, bytes, compact, counted, duration, percent, pps, uptime } from './format.ts'

describe('no data is not zero', () => {
  it.each([bps, bytes, pps, compact, percent, duration, uptime])('%o shows a dash for null', (format) => {
    expect(format(null)).toBe('–')
    expect(format(undefined)).toBe('–')
    expect(format(0)).toMatch(/^0/)
  })
})

it.each([
  [0, '0 b/s'],
  [999, '999 b/s'],
  [1000, '1.00 kb/s'],
  [12_345, '12.3 kb/s'],
  [123_456, '123 kb/s'],
  [999_960, '1.00 Mb/s'],
  [1.5e9, '1.50 Gb/s'],
  [4e15, '4000 Tb/s'],
])('bps(%d) is %s', (value, text) => expect(bps(value)).toBe(text))

it.each([
  [512, '512 B'],
  [1536, '1.50 KiB'],
  [3.5 * 2 ** 30, '3.50 GiB'],
])('bytes(%d) is %s', (value, text) => expect(bytes(value)).toBe(text))

it.each([
  [0, '0 %'],
  [0.000001, '<0.001 %'],
  [0.0005, '0.050 %'],
  [0.005, '0.50 %'],
  [0.05, '5.0 %'],
  [1, '100 %'],
])('percent(%d) is %s', (value, text) => expect(percent(value)).toBe(text))

it.each([
  [850, '850 µs'],
  [1234, '1.23 ms'],
  [45_600, '45.6 ms'],
  [456_000, '456 ms'],
  [4_200_000, '4.20 s'],
  [200_000_000, '3 min 20 s'],
  [7_260_000_000, '2 h 1 min'],
])('duration(%d) is %s', (value, text) => expect(duration(value)).toBe(text))

it.each([
  [0, '0s'],
  [59_000, '59s'],
  [60_000, '1m'],
  [3_599_000, '59m'],
  [90_000_000, '1d'],
  [-5000, '0s'],
])('%d ms ago is %s', (ms, text) => expect(ago(1e12 - ms, 1e12)).toBe(text))

it('compact keeps small numbers exact', () => {
  expect([0, 0.25, 9.94, 10, 999, 1000, 12_345_678].map(compact)).toEqual([
    '0',
    '0.3',
    '9.9',
    '10',
    '999',
    '1.00k',
    '12.3M',
  ])
})

it('puts a number before its noun', () => {
  expect([counted(1, 'flow'), counted(0, 'flow'), counted(1200, 'batch', 'batches'), counted(null, 'flow')]).toEqual([
    '1 flow',
    '0 flows',
    '1,200 batches',
    '– flows',
  ])
  expect(counted(12_300, 'packet', 'packets', compact)).toBe('12.3k packets')
})

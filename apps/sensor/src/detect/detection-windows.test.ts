import { expect, test } from 'vitest'
import { DetectionWindows } from './detection-windows.ts'

test('windows are by key and time; the one made longest ago makes room', () => {
  const windows = new DetectionWindows({ lengthUs: 1000, maxWindows: 2 })
  const first = windows.at('a', 0, 'test0')
  expect(windows.at('a', 999, 'test0')).toBe(first)
  expect(windows.at('a', 1000, 'test0')).not.toBe(first)
  windows.at('b', 0, 'test0')
  expect([windows.size, windows.evictions]).toEqual([2, 1])
  expect(windows.at('a', 0, 'test0')).not.toBe(first)
})

test('elements are bounded over all windows', () => {
  const windows = new DetectionWindows({ lengthUs: 1000, maxElements: 10 })
  for (let i = 0; i < 8; i++) windows.addDistinct(windows.at('a', 0, 'test0'), i)
  for (let i = 0; i < 8; i++) windows.addDistinct(windows.at('b', 0, 'test0'), i)
  expect([windows.size, windows.evictions]).toEqual([1, 1])
  expect(windows.at('b', 0, 'test0').distinct).toBe(8)
})

import { expect, test } from 'vitest'
import { MemoryKeeper } from './memory-keeper.ts'
import { loadProcessAddon } from '../process-addon.ts'

test('memory is given back after the start and when much of it has come since, not otherwise', () => {
  let resident = 150e6
  let releases = 0
  const keeper = new MemoryKeeper({ release: () => releases++, residentBytes: () => resident })
  keeper.check()
  expect(releases).toBe(1)
  resident = 80e6
  keeper.check()
  resident = 90e6
  keeper.check()
  expect(releases).toBe(1)
  resident = 100e6
  keeper.check()
  expect(releases).toBe(2)
})

const addon = loadProcessAddon()
if (!addon) console.log('skipped: memory of the process itself: the addon is not built')

test.skipIf(!addon)('the pages of program files are given back, and the process goes on', () => {
  const before = process.memoryUsage.rss()
  expect(addon?.releaseMemory()).toBeGreaterThan(20e6)
  expect(process.memoryUsage.rss()).toBeLessThan(before)
  expect(JSON.parse(JSON.stringify([1, 'two'])).length).toBe(2)
})

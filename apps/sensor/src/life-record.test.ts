import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CoverageGap } from '@picket/proto'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { LifeRecord } from './life-record.ts'

const startUs = 1_700_000_000_000_000
const minuteUs = 60e6

function setUp() {
  const folder = temporaryFolder()
  const clock = { us: startUs }
  const gaps: CoverageGap[] = []
  const record = () => new LifeRecord({ folder, nowUs: () => clock.us, onGap: (gap) => gaps.push(gap) })
  return { folder, clock, gaps, record }
}

test('a first start has no gap before it', async () => {
  const { record, gaps } = setUp()
  const life = record()
  await life.start()
  await life.stop()
  expect(gaps).toEqual([])
})

test('the time between a stop and the next start is a gap', async () => {
  const { folder, clock, record, gaps } = setUp()
  const first = record()
  await first.start()
  clock.us += minuteUs
  await first.stop()
  await first.stop()
  expect(readdirSync(folder)).toEqual(['stopped'])
  clock.us += 5 * minuteUs
  const second = record()
  await second.start()
  await second.start()
  expect(gaps).toMatchObject([
    { source: 'sensor', cause: 'sensor-stopped', startUs: startUs + minuteUs, endUs: startUs + 6 * minuteUs },
  ])
  await second.stop()
})

test('after a kill the gap begins at the last sign of life', async () => {
  const { clock, record, gaps } = setUp()
  const killed = record()
  await killed.start()
  clock.us += minuteUs
  const next = record()
  await next.start()
  expect(gaps).toMatchObject([{ cause: 'sensor-killed', startUs, endUs: startUs + minuteUs }])
  await next.stop()
  await killed.stop()
})

test('a clock that was set back leaves no gap', async () => {
  const { clock, record, gaps } = setUp()
  const first = record()
  await first.start()
  await first.stop()
  clock.us -= minuteUs
  const second = record()
  await second.start()
  await second.stop()
  expect(gaps).toEqual([])
})

test('a state folder that takes no file stops no sensor', async () => {
  const gaps: CoverageGap[] = []
  const folder = join(temporaryFolder(), 'none')
  const life = new LifeRecord({ folder, nowUs: () => startUs, onGap: (gap) => gaps.push(gap) })
  await life.start()
  await life.stop()
  expect(gaps).toEqual([])
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { DailyMemory } from './daily-memory.ts'

const FILE = 'daily-threshold.json'
const T0 = 1.79e15
const HOUR_S = 3600

/** Flows of eth0, one every 10 s for so many hours, whose anomalies are even between 0 and 1. */
const hours = (count: number, { after = 0, model = 'm1' } = {}): Flow[] =>
  Array.from({ length: count * 360 }, (_, i) =>
    Flow.fromPartial({
      interface: 'eth0',
      anomaly: (i * 0.618_033_988_75) % 1,
      anomalyModelId: model,
      endUs: T0 + (after + i * 10) * 1e6,
    }),
  )

const load = (folder: string, refused: string[] = []): Promise<DailyMemory> =>
  DailyMemory.load({
    folder,
    onRefused: (file, error) => refused.push(`${file}: ${(error as Error).message}`),
    onFailure: (error) => {
      throw error
    },
  })

/** A folder in which five hours were learned, and the threshold that came of it. */
async function learn(folder: string): Promise<number | undefined> {
  const memory = await load(folder)
  memory.daily.observe(hours(5))
  await memory.start()
  await memory.stop()
  await memory.stop()
  return memory.daily.solve('eth0', 100)
}

test('a sensor that was started anew has the threshold of before at once; the time between is no quiet time', async () => {
  const folder = temporaryFolder()
  const expected = await learn(folder)
  expect(expected).toBeGreaterThan(0.9)
  const { daily } = await load(folder)
  expect(daily.isSettled('eth0')).toBe(true)
  expect(daily.isSettled('eth1')).toBe(false)
  expect(daily.solve('eth0', 100)).toBeCloseTo(expected ?? NaN, 3)
  daily.observe(hours(1, { after: 24 * 20 * HOUR_S }))
  expect(daily.solve('eth0', 100)).toBeCloseTo(expected ?? NaN, 2)
})

test('what was learned of other models is forgotten with them, also while the sensor runs', async () => {
  const folder = temporaryFolder()
  await learn(folder)
  const { daily } = await load(folder)
  const after = 5 * HOUR_S
  daily.observe(hours(1, { after, model: 'm2' }).slice(0, 10))
  expect(daily.isSettled('eth0')).toBe(false)
  daily.observe(hours(1, { after, model: 'm2' }))
  expect(daily.isSettled('eth0')).toBe(true)
})

test('a file that is damaged, cut, of another shape or too long is refused, told, and learned anew', async () => {
  const folder = temporaryFolder()
  await learn(folder)
  const whole = readFileSync(join(folder, FILE), 'utf8')
  const refused: string[] = []
  for (const content of [whole.slice(0, -5), whole.replace('"spanUs":', '"spanUs":-'), whole.padEnd(3e6)]) {
    writeFileSync(join(folder, FILE), content)
    const { daily } = await load(folder, refused)
    expect(daily.isSettled('eth0')).toBe(false)
  }
  expect(refused).toEqual([
    expect.stringContaining(`${FILE}: `),
    `${FILE}: the thresholds are not in their shape`,
    `${FILE}: 3000000 octets, more than the 2097152 it may have`,
  ])
})

test('without a file there is nothing to tell', async () => {
  const refused: string[] = []
  await load(temporaryFolder(), refused)
  expect(refused).toEqual([])
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { AnomalyScale } from './anomaly-scale.ts'

const hourUs = 3600e6
const fail = (error: unknown) => {
  throw error
}

function flows(count: number, changes: Partial<Flow> = {}): Flow[] {
  return Array.from({ length: count }, (_, i) =>
    Flow.fromPartial({
      interface: 'eth0',
      class: 'web',
      anomalyParts: { forest: 0.97 },
      anomalyModelId: 'm1',
      endUs: 4e5 * hourUs + i * 60e6,
      ...changes,
    }),
  )
}

/** The score that one more such flow gets. */
function scoreOf(scale: AnomalyScale, changes: Partial<Flow> = {}): number {
  const [flow] = flows(1, { endUs: 4e5 * hourUs + 3000 * 60e6, ...changes })
  scale.apply([flow])
  return flow.anomaly ?? Number.NaN
}

test('what an interface does all day is not unusual there, and still is elsewhere', async () => {
  const scale = await AnomalyScale.load(temporaryFolder(), fail)
  scale.apply(flows(3000))
  expect(scoreOf(scale)).toBeLessThan(0.8)
  expect(scoreOf(scale, { interface: 'eth1' })).toBeCloseTo(0.97, 5)
  expect(scoreOf(scale, { class: 'database' })).toBeCloseTo(0.97, 5)
})

test('scans are ranked and not learned; flows without a score are left alone', async () => {
  const scale = await AnomalyScale.load(temporaryFolder(), fail)
  scale.apply(flows(3000, { class: 'scan' }))
  expect(scoreOf(scale, { class: 'scan' })).toBeCloseTo(0.97, 5)
  const [unscored] = flows(1, { anomalyParts: undefined })
  scale.apply([unscored])
  expect(unscored.anomaly).toBeUndefined()
})

test('what was learned outlives a restart, and not the model', async () => {
  const folder = temporaryFolder()
  const scale = await AnomalyScale.load(folder, fail)
  await scale.start()
  scale.apply(flows(3000))
  const learned = scoreOf(scale)
  await scale.stop()
  await scale.stop()
  const next = await AnomalyScale.load(folder, fail)
  expect(scoreOf(next)).toBeCloseTo(learned, 2)
  expect(scoreOf(next, { anomalyModelId: 'm2' })).toBeCloseTo(0.97, 5)
})

test('a file that is damaged is learned anew, a disk that takes nothing is told', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'anomaly-scale.json'), '{"modelId":"m1","sketches":[["a",{"hour":1,"bins":[[640,1]]}]]}')
  const failures: unknown[] = []
  const refused: string[] = []
  const scale = await AnomalyScale.load(folder, fail, (file, error) => refused.push(`${file}: ${String(error)}`))
  expect(refused).toEqual(['anomaly-scale.json: RangeError: the sketches are not in their shape'])
  expect(scoreOf(scale)).toBeCloseTo(0.97, 5)
  const nowhere = await AnomalyScale.load(join(folder, 'none'), (error) => failures.push(error))
  await nowhere.start()
  await nowhere.stop()
  expect(failures).toMatchObject([{ code: 'ENOENT' }])
})

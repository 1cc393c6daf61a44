import { join } from 'node:path'
import { expect, test } from 'vitest'
import { areTablesPresent, loadTable } from '../../scripts/tables/table-data.ts'
import { iot23 } from '../../scripts/tables/iot-23.ts'
import { westermo } from '../../scripts/tables/westermo.ts'
import { positionsWhere, rowCount, selectRows, type LabelledRows } from '../dataset/labelled-rows.ts'
import { readFlows } from '../dataset/read-flows.ts'
import { loadBundledModels } from '../model/model-folder.ts'
import { createRandom } from '../training/random.ts'
import { describeRows, judgeFitness, type Fitness } from './index.ts'
import { wrongReference } from './verify-reference.ts'

const CASES = join(import.meta.dirname, '../../../../test/cases')

const recorded = (...names: string[]) => readFlows(names.map((name) => join(CASES, name, 'expected.ndjson')))

function judge(training: LabelledRows, host: LabelledRows): Fitness {
  return judgeFitness(describeRows(training.rows, training.featureNames.length), training.featureNames, host.rows)
}

const part = (data: LabelledRows, from: number, to: number) =>
  selectRows(
    data,
    Array.from({ length: rowCount(data) }, (_, i) => i).slice(rowCount(data) * from, rowCount(data) * to),
  )

const normal = (data: LabelledRows) =>
  selectRows(
    data,
    positionsWhere(data, (label) => label === 'normal'),
  )

test('an office is fit for a model of itself, and a network of brokers and shells for none of it', async () => {
  const office = await recorded('office-hour')
  const things = await recorded('mqtt', 'redis', 'ssh', 'icmp', 'idle-keepalive')
  expect(judge(part(office, 0, 0.5), part(office, 0.5, 1)).verdict).toBe('ready')
  expect(judge(part(office, 0.5, 1), part(office, 0, 0.5)).verdict).toBe('ready')
  const elsewhere = judge(office, things)
  expect(elsewhere.verdict).toBe('refuse')
  expect(elsewhere.features[0].psi).toBeGreaterThan(1)
  expect(elsewhere.reason).toMatch(/^\d+ of \d+ features are distributed differently here, [\d.]+ % of \d+ flows/)
  const scanned = judge(office, await recorded('port-scan-connect'))
  expect(scanned.verdict).toBe('refuse')
})

test('the anomaly models that come with Picket fit an office they know, and no network of brokers and shells', async () => {
  const office = await recorded('office-hour')
  const things = await recorded('mqtt', 'redis', 'ssh', 'icmp', 'idle-keepalive')
  for (const { description } of await loadBundledModels()) {
    const fitness = (host: LabelledRows) => judgeFitness(description.reference!, description.featureNames, host.rows)
    expect(fitness(things).verdict, description.id).toMatch(/^(shadow|refuse)$/)
    if (description.kind !== 'traffic-classifier') expect(fitness(office).verdict, description.id).toBe('ready')
  }
})

test.skipIf(!areTablesPresent())(
  'public networks: ready on its own later part, shadow or refuse on another',
  async () => {
    const left = normal(await loadTable(westermo(['left'])))
    const right = normal(await loadTable(westermo(['right'])))
    expect(judge(part(left, 0, 0.6), part(left, 0.6, 1)).verdict).toBe('ready')
    expect(judge(part(right, 0, 0.6), part(right, 0.6, 1)).verdict).toBe('ready')
    expect(judge(left, right).verdict).toBe('shadow')
    expect(judge(right, left).verdict).toBe('shadow')
    const scenarios = ['4', '5', '20', '42'] as const
    for (const one of scenarios) {
      const own = normal(await loadTable(iot23([one])))
      expect(judge(part(own, 0, 0.6), part(own, 0.6, 1)).verdict, `${one} on its own later part`).toBe('ready')
      for (const other of scenarios) {
        if (other === one) continue
        const verdict = judge(own, normal(await loadTable(iot23([other])))).verdict
        expect(verdict, `${one} on ${other}`).toMatch(/^(shadow|refuse)$/)
      }
    }
  },
)

if (!areTablesPresent()) console.log('skipped: ../shared/data is absent')

/** Two columns around `middle`, the second absent in a tenth. */
function columns(count: number, middle: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: count * 2 }, (_, i) =>
    i % 2 === 1 && random() < 0.1 ? NaN : middle + random() + random(),
  )
}

test('a host that is one of a fleet fits, though the fleet as a whole looks like none of its hosts', () => {
  const rows = new Float32Array([...columns(600, 0, 1), ...columns(600, 50, 2)])
  const hosts = Array.from({ length: 1200 }, (_, i) => (i < 600 ? 0 : 1))
  const names = ['a', 'b']
  const here = columns(300, 50, 3)
  expect(judgeFitness(describeRows(rows, 2), names, here).verdict).toBe('refuse')
  expect(judgeFitness(describeRows(rows, 2, hosts), names, here).verdict).toBe('ready')
  expect(judgeFitness(describeRows(rows, 2, hosts), names, columns(300, 20, 4)).verdict).toBe('refuse')
})

test('few flows, a column that was never there, values out of all range', () => {
  const reference = describeRows(columns(500, 0, 1), 2)
  expect(judgeFitness(reference, ['a', 'b'], columns(10, 0, 2))).toMatchObject({ verdict: 'shadow', rows: 10 })
  const far = judgeFitness(reference, ['a', 'b'], columns(300, 1000, 2))
  expect(far).toMatchObject({ verdict: 'refuse', outsideShare: 1 })
  const empty = describeRows(new Float32Array(800).fill(NaN), 2)
  expect(judgeFitness(empty, ['a', 'b'], columns(300, 0, 2))).toMatchObject({ verdict: 'refuse', outsideShare: 1 })
  expect(judgeFitness(empty, ['a', 'b'], new Float32Array(800).fill(NaN)).verdict).toBe('ready')
})

test('a reference is whole or refused, and stays small', () => {
  const width = 80
  const rows = Float32Array.from({ length: 4000 * width }, createRandom(5))
  const reference = describeRows(
    rows,
    width,
    Array.from({ length: 4000 }, (_, i) => i % 20),
  )
  expect(reference.groups).toHaveLength(9)
  expect(JSON.stringify(reference).length).toBeLessThan(100_000)
  expect(wrongReference(JSON.parse(JSON.stringify(reference)), width)).toBeUndefined()
  const broken: unknown[] = [
    null,
    {},
    { ...reference, rows: 0 },
    { ...reference, profiles: reference.profiles.slice(1) },
    { ...reference, profiles: reference.profiles.map(() => ({ edges: ['1'], low: 0, high: 1 })) },
    { ...reference, groups: [] },
    { ...reference, groups: [{ rows: 3, shares: [[1]] }] },
  ]
  for (const each of broken) expect(wrongReference(each, width)).toMatch(/^"reference"/)
})

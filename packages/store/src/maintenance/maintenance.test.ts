import { Records } from '@picket/proto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitBatch, getFlow, listFlows, updateSettings } from '../index.ts'
import { openTestDatabase, sampleFlows, type TestDatabase } from '../testing/index.ts'
import { runMaintenance } from './run-maintenance.ts'

const NOW = Date.now()
const DAY_MS = 86_400_000
let database: TestDatabase
let sensorId: string
let sequence = 0

beforeAll(async () => {
  database = await openTestDatabase()
  sensorId = await database.addSensor()
})
afterAll(() => database?.close())

/** 100 flows and 60 samples of that many days ago. */
async function commitDay(daysAgo: number): Promise<void> {
  const untilUs = (NOW - daysAgo * DAY_MS) * 1000
  const records = Records.fromPartial({
    flows: sampleFlows({ count: 100, untilUs, spanUs: 60_000_000, seed: daysAgo + 1 }),
    interfaceSamples: Array.from({ length: 60 }, (_, i) => ({
      interface: 'eth0',
      timeUs: untilUs - i * 1_000_000,
      spanUs: 1e6,
      receivedOctets: 10,
    })),
  })
  await commitBatch(database.db, {
    sensorId,
    epoch: 1,
    sequence: ++sequence,
    records,
    receivedAt: NOW,
    features: () => [1, Number.NaN],
  })
}

async function counts() {
  const { rows } = await database.db.query<Record<string, number>>(
    `SELECT (SELECT count(*) FROM flows) AS flows, (SELECT sum(flows) FROM flow_minutes) AS minutes,
       (SELECT sum(flows) FROM flow_hours) AS hours,
       (SELECT sum(received_octets) FROM interface_hours) / 10 AS samples,
       (SELECT count(*) FROM timescaledb_information.chunks WHERE is_compressed) AS compressed`,
  )
  return rows[0]
}

test('it refreshes, compresses and forgets, and late records still count', async () => {
  for (const daysAgo of [40, 10, 0]) await commitDay(daysAgo)
  const first = await runMaintenance(database.db)
  expect(first.failed).toEqual([])
  expect(first.ran.map(({ task }) => task)).toContain('retention flows')
  // Rows 40 days old are past the 30 days of flows; those of 10 days are compressed.
  expect(await counts()).toEqual({
    flows: 200,
    minutes: 200,
    hours: 200,
    samples: 120,
    compressed: 2,
  })

  const day = { from: NOW - 11 * DAY_MS, to: NOW - 9 * DAY_MS }
  const [row] = (await listFlows(database.db, day)).rows
  expect((await getFlow(database.db, row))?.features).toEqual([1, null])
  expect((await listFlows(database.db, { ...day, address: row.sourceAddress! })).rows.length).toBeGreaterThan(0)

  // A sensor that was cut off sends what it kept: into a compressed day, and into aggregates that were made already.
  await commitDay(10)
  await commitDay(5)
  await database.db.query(`UPDATE maintenance_runs SET last_run = now() - interval '1 day'`)
  expect((await runMaintenance(database.db)).failed).toEqual([])
  expect(await counts()).toMatchObject({ flows: 400, minutes: 400, hours: 400, samples: 240 })
})

test('what is not due does not run', async () => {
  await runMaintenance(database.db)
  expect((await runMaintenance(database.db)).ran).toEqual([])
})

test('a shorter retention forgets earlier and leaves the aggregates', async () => {
  await updateSettings(database.db, { retentionDays: { flows: 2 } }, 'a@b')
  await database.db.query(`UPDATE maintenance_runs SET last_run = now() - interval '1 day'`)
  expect((await runMaintenance(database.db)).failed).toEqual([])
  expect(await counts()).toMatchObject({ flows: 100, minutes: 400, hours: 400 })
})

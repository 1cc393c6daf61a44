import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fleet } from '../support/fleet.ts'
import { ndjson, root, sensorCommand } from '../support/sensor-command.ts'
import { until } from '../support/until.ts'

const capture = path.join(root, 'test/cases/office-hour/capture.pcap')
let fleet: Fleet

beforeAll(async () => {
  fleet = await Fleet.start()
})
afterAll(() => fleet.destroy())

async function stored(name: string): Promise<number> {
  return fleet.count('select count(*) as n from flows f join sensors s on s.id = f.sensor_id where s.hostname = $1', [
    name,
  ])
}

async function meteredFlows(): Promise<number> {
  const [summary] = ndjson<{ flows: number }>((await sensorCommand('meter', '--summary', capture)).stdout)
  return summary.flows
}

test('the database is killed and restarted while a sensor sends: every flow is stored once', async () => {
  const expected = await meteredFlows()
  await fleet.startSensor({ name: 'survivor', args: ['--replay', capture, '--speed', '8'] })
  await until('the first flows are stored', async () => (await stored('survivor')) > 0)
  if (fleet.engine) {
    await fleet.engine.stop('SIGKILL')
    await fleet.startEngine()
  } else {
    execFileSync('psql', [
      fleet.databaseUrl,
      '-c',
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    ])
  }
  await until('all flows are stored', async () => (await stored('survivor')) >= expected, 60_000)
  expect(await stored('survivor')).toBe(expected)
})

test('Redis is killed and restarted while a sensor sends: every flow is stored once', async () => {
  const expected = await meteredFlows()
  await fleet.startSensor({ name: 'feedless', args: ['--replay', capture, '--speed', '8'] })
  await until('the first flows are stored', async () => (await stored('feedless')) > 0)
  await fleet.killRedis()
  await fleet.startRedis()
  await until('all flows are stored', async () => (await stored('feedless')) >= expected, 60_000)
  expect(await stored('feedless')).toBe(expected)
})

import { getAlert, listAlerts, touchSensor } from '@picket/store'
import type { LiveEvent } from '@picket/store/live'
import { redisOptions } from '@picket/store/queues'
import { openTestDatabase, type TestDatabase } from '@picket/store/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AlertDesk } from '../src/alert/alert-desk.ts'
import { SilenceWatch } from '../src/alert/silence-watch.ts'
import { Fleet } from '../src/ingest/fleet.ts'
import { LiveFeed } from '../src/notify/live-feed.ts'
import { PolicyBoard } from '../src/rollout/policy-board.ts'
import { createLogger, Telemetry } from '../src/telemetry.ts'
import { PrivateRedis } from './support/private-redis.ts'
import { TestCollector } from './support/test-collector.ts'
import { until } from './support/until.ts'

let database: TestDatabase
let redis: PrivateRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
})

afterAll(async () => {
  await Promise.all([database.close(), redis.close()])
})

async function liveEvents(): Promise<LiveEvent[]> {
  const client = new Redis(redisOptions(redis.url))
  const entries = await client.xrange('picket:live', '-', '+')
  client.disconnect()
  return entries.map(([, fields]) => JSON.parse(fields[1]) as LiveEvent)
}

test('the same scanner seen by two sensors is one alert with both, its findings and a live event', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const identities = [await fleet.enrol('web-01'), await fleet.enrol('web-02')]
  const streams = await Promise.all(identities.map((identity) => fleet.connect(identity)))
  const timeUs = Date.now() * 1_000
  const finding = {
    id: 'port-scan:10.0.0.66:1',
    kind: 'port-scan',
    entity: '10.0.0.66',
    target: '10.0.0.1',
    timeUs,
    startUs: timeUs - 5_000_000,
    interface: 'eth0',
    score: 0.7,
    summary: '10.0.0.66 probed 300 ports of 10.0.0.1',
    evidence: { distinct_ports: 300 },
    communityIds: ['1:abc'],
    techniqueId: 'T1046',
  }
  for (const stream of streams) stream.batch(1, { findings: [finding] })
  const alert = await until('an alert with both sensors', async () => {
    const { rows } = await listAlerts(database.db, { rule: 'port-scan' })
    return rows.find((row) => row.sensorId.length === 2)
  })
  expect(alert).toMatchObject({
    severity: 'high',
    state: 'open',
    count: 2,
    title: '10.0.0.66 scans the ports of 10.0.0.1',
  })
  expect(alert.hostnames.sort()).toEqual(['web-01', 'web-02'])
  expect((await getAlert(database.db, alert.id))?.findings).toHaveLength(2)
  expect((await listAlerts(database.db, { entity: '10.0.0.66' })).rows).toHaveLength(1)
  await until('the alert on the live feed', async () =>
    (await liveEvents()).some((event) => event.type === 'alert' && event.alert.id === alert.id),
  )
})

test('interfaces, hosts, flows and gaps of a stored batch are on the live feed', async () => {
  const fleet = await TestCollector.start(database.url, redis.url)
  const identity = await fleet.enrol('live-01')
  const stream = await fleet.connect(identity)
  const timeUs = Date.now() * 1_000
  stream.batch(1, {
    interfaceSamples: [{ interface: 'eth0', timeUs, spanUs: 1_000_000, receivedOctets: 5, receivedDrops: 2 }],
    hostSamples: [{ timeUs, cpuUtilization: 0.5 }],
    flows: Array.from({ length: 30 }, (_, index) => ({ interface: 'eth0', startUs: timeUs, endUs: timeUs + index })),
    coverageGaps: [
      { source: 'capture', interface: 'eth0', cause: 'kernel-drop', startUs: timeUs, endUs: timeUs, packets: 7 },
    ],
  } as never)
  await stream.acknowledged(1)
  const events = await until('all events of the batch', async () => {
    const mine = (await liveEvents()).filter((event) => 'sensorId' in event && event.sensorId === identity.sensorId)
    return mine.some((event) => event.type === 'gap') ? mine : undefined
  })
  expect(events.map((event) => event.type)).toEqual(['sensor', 'sensor', 'interfaces', 'host', 'flows', 'gap'])
  expect(events.find((event) => event.type === 'interfaces')).toMatchObject({
    hostname: 'live-01',
    samples: [{ interface: 'eth0', receivedOctets: 5, drops: 2 }],
  })
  const flows = events.find((event) => event.type === 'flows')
  expect(flows).toMatchObject({ count: 30 })
  expect(flows?.flows).toHaveLength(20)
})

/** A silence watch whose clock the test moves; what it tells the live feed is kept. */
async function silenceWatch() {
  const { db } = database
  const clock = { ms: Date.now() }
  const telemetry = new Telemetry()
  const logger = createLogger('silent')
  const told: LiveEvent[] = []
  const live = new LiveFeed({ publish: async (event) => String(told.push(event)) }, telemetry, logger)
  const fleet = new Fleet()
  const policies = new PolicyBoard(db, fleet)
  await policies.refresh()
  const desk = new AlertDesk({ database: db, rules: [], policies, notifier: { notify: () => {} }, telemetry, logger })
  const watch = new SilenceWatch({ database: db, fleet, policies, desk, live, now: () => clock.ms })
  return { db, clock, desk, told, watch }
}

test('a host that falls silent is one alert, which closes itself with a note when the host is back', async () => {
  const { db, clock, told, watch } = await silenceWatch()
  const sensorId = await database.addSensor('quiet-01')
  const alerts = async () => (await listAlerts(db, { rule: 'host-silent', sensorId })).rows

  await touchSensor(db, { sensorId, at: clock.ms })
  clock.ms += 29_000
  await watch.check()
  expect(await alerts()).toEqual([])
  clock.ms += 2_000
  await watch.check()
  const [opened] = await until('the alert', async () => ((await alerts()).length > 0 ? await alerts() : undefined))
  expect(opened).toMatchObject({
    severity: 'high',
    state: 'open',
    title: 'quiet-01 is silent: its sensor gives no sign of life',
    hostnames: ['quiet-01'],
  })
  expect(told.filter((event) => 'sensorId' in event && event.sensorId === sensorId)).toMatchObject([
    { type: 'sensor', sensorId, state: 'silent', hostname: 'quiet-01' },
  ])
  clock.ms += 60_000
  await watch.check()
  expect((await alerts())[0].count).toBe(1)
  await touchSensor(db, { sensorId, at: clock.ms })
  await watch.check()
  expect(await alerts()).toMatchObject([
    { id: opened.id, state: 'closed', closeReason: 'true-positive', closeNote: 'The host is back.', actor: 'system' },
  ])
})

test('the time in which no collector ran is nobody’s silence', async () => {
  const sensorId = await database.addSensor('patient-01')
  const { db, clock, desk, watch } = await silenceWatch()
  await touchSensor(db, { sensorId, at: clock.ms - 3_600_000 })
  await watch.check()
  await desk.stop()
  expect((await listAlerts(db, { rule: 'host-silent', sensorId })).rows).toEqual([])
})

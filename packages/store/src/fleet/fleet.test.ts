import { Records } from '@picket/proto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  commitBatch,
  InvalidFilterError,
  listFlows,
  openOrUpdateAlert,
  removeSensor,
  touchSensor,
  updateSettings,
} from '../index.ts'
import { openTestDatabase, sampleFlows, type TestDatabase } from '../testing/index.ts'
import { gapTotals, listGaps } from './gaps.ts'
import { healthSeries, latestHealth } from './health.ts'
import { hostSeries } from './host-samples.ts'
import { getHost, listHosts } from './hosts.ts'
import { interfaceSeries } from './interface-series.ts'
import { listInterfaces } from './interfaces.ts'
import { overview } from './overview.ts'
import { topTalkers } from './top-talkers.ts'

const NOW = Date.now()
const US = NOW * 1000
/** Newest sample: a little ahead, so that it is "now" however slowly the machine gets to the question. */
const NEWEST = NOW + 50_000
const HOUR = { from: NOW - 3_600_000, to: NOW + 120_000 }
let database: TestDatabase
let web: string
let db1: string

/** One sample a second: 1 Mb/s in, 0.1 Mb/s out, 1 of 100 captured packets lost. */
const sample = (name: string, secondsAgo: number) => ({
  interface: name,
  timeUs: NEWEST * 1000 - secondsAgo * 1_000_000,
  spanUs: 1_000_000,
  receivedOctets: 125_000,
  sentOctets: 12_500,
  receivedPackets: 100,
  sentPackets: 10,
  receivedErrors: 1,
  capturedPackets: 99,
  captureDrops: 1,
  flowsActive: 7,
  flowsStarted: 3,
  speedBps: 1e9,
})

beforeAll(async () => {
  database = await openTestDatabase()
  ;[web, db1] = [await database.addSensor('web'), await database.addSensor('db')]
  await database.addSensor('never-seen')
  const seconds = [...Array(60).keys()].filter((second) => second < 20 || second >= 40)
  const records = Records.fromPartial({
    interfaces: [
      {
        name: 'eth0',
        mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
        addresses: ['10.0.0.1/24', 'fe80::1/64'],
        speedBps: 1e9,
        medium: 'ethernet',
        up: true,
        mtu: 1500,
        source: 'ring',
      },
      { name: 'lo', addresses: ['127.0.0.1/8'], medium: 'loopback', up: true, meteredBy: 'eth0' },
    ],
    interfaceSamples: seconds.flatMap((second) => [sample('eth0', second), sample('lo', second)]),
    hostSamples: [10, 5].map((second) => ({
      timeUs: US - second * 1_000_000,
      cpuUtilization: second / 100,
      coreUtilization: [0.25, 0.75],
      memoryUsedBytes: 2e9,
      memoryTotalBytes: 8e9,
      disks: [{ mount: '/', sizeBytes: 100, usedBytes: 50 }],
      processes: [{ pid: 1, name: 'init', cpuCores: 0.5, memoryBytes: 1000 }],
    })),
    healthSamples: [
      {
        timeUs: US - 9_000_000,
        role: 'gateway',
        target: '10.0.0.254',
        method: 'icmp',
        sent: 4,
        received: 4,
        rttMinUs: 100,
        rttMeanUs: 200,
        rttMaxUs: 300,
      },
      { timeUs: US - 4_000_000, role: 'gateway', target: '10.0.0.254', method: 'icmp', sent: 4, received: 0 },
    ],
    coverageGaps: [
      {
        source: 'capture',
        interface: 'eth0',
        cause: 'kernel-drop',
        startUs: US - 1e6,
        endUs: US,
        packets: 40,
        times: 2,
      },
    ],
    flows: sampleFlows({ count: 400, untilUs: US, spanUs: 50_000_000 }),
  })
  await commitBatch(database.db, { sensorId: web, epoch: 1, sequence: 1, records, receivedAt: NOW })
  await touchSensor(database.db, { sensorId: web, at: NOW + 120_000, sensorTimeUs: (NOW + 120_000 + 3_600_000) * 1000 })
  await touchSensor(database.db, { sensorId: db1, at: NOW - 120_000 })
  const evidence = { rule: 'port-scan', entity: '10.9.9.9', title: 'Scan', sensorId: web, score: 0.9, lastSeen: NOW }
  await openOrUpdateAlert(database.db, { ...evidence, severity: 'medium' })
  await openOrUpdateAlert(database.db, { ...evidence, rule: 'syn-flood', severity: 'critical' })
})
afterAll(() => database?.close())

test('hosts tell what they are and do', async () => {
  const hosts = await listHosts(database.db)
  expect(hosts.map(({ name, presence }) => [name, presence])).toEqual([
    ['db', 'silent'],
    ['never-seen', 'enrolled'],
    ['web', 'online'],
  ])
  const host = hosts[2]
  expect(host).toMatchObject({
    interfaceCount: 2,
    openAlerts: 2,
    worstSeverity: 'critical',
    flowsActive: 7,
    memoryTotalBytes: 8e9,
  })
  expect(host.clockOffsetUs! / 3_600_000_000).toBeCloseTo(1, 2)
  // Loopback is not counted; of two samples the newer one is the host's.
  expect(host.receivedBps).toBeCloseTo(1e6)
  expect(host.sentBps).toBeCloseTo(1e5)
  expect(host.droppedShare).toBeCloseTo(0.01)
  expect(host.cpuUtilization).toBeCloseTo(0.05)
  expect(hosts[0]).toMatchObject({ receivedBps: null, cpuUtilization: null, openAlerts: 0, worstSeverity: null })
})

test('one host with its interfaces and resources', async () => {
  const host = await getHost(database.db, web)
  expect(host?.interfaces.map((row) => [row.interface, row.addresses, row.meteredBy])).toEqual([
    ['eth0', ['10.0.0.1/24', 'fe80::1/64'], null],
    ['lo', ['127.0.0.1/8'], 'eth0'],
  ])
  expect(host?.interfaces[0]).toMatchObject({
    mac: '02:00:00:00:00:01',
    speedBps: 1e9,
    up: true,
    lastSampleUs: NEWEST * 1000,
  })
  expect(host?.latestSample).toMatchObject({ coreUtilization: [0.25, 0.75], processes: [{ pid: 1, name: 'init' }] })
  expect(await getHost(database.db, 'nobody')).toBeUndefined()
  expect(await listInterfaces(database.db, { sensorId: db1 })).toEqual([])
})

test('a retired host is listed only when asked for', async () => {
  const gone = await database.addSensor('gone')
  await removeSensor(database.db, gone)
  expect((await listHosts(database.db)).map((host) => host.name)).not.toContain('gone')
  const hosts = await listHosts(database.db, { includeRetired: true })
  expect(hosts.find((host) => host.sensorId === gone)?.presence).toBe('retired')
  expect(await touchSensor(database.db, { sensorId: gone, at: NOW })).toBe(false)
})

test('silence follows the setting', async () => {
  await updateSettings(database.db, { silentAfterSeconds: 3600 }, 'a@b')
  expect((await listHosts(database.db)).find((host) => host.name === 'db')?.presence).toBe('online')
  await updateSettings(database.db, { silentAfterSeconds: 30 }, 'a@b')
})

test('a series shows rates, and a hole where there was no sample', async () => {
  const [eth0, lo] = await interfaceSeries(database.db, {
    from: NEWEST - 60_000,
    to: NEWEST + 1000,
    sensorId: web,
    points: 61,
  })
  expect([eth0.interface, lo.interface]).toEqual(['eth0', 'lo'])
  expect(eth0.t).toEqual(lo.t)
  expect(eth0.speedBps).toBe(1e9)
  const at = (secondsAgo: number) => eth0.t.indexOf(Math.floor(NEWEST / 1000) - secondsAgo)
  expect(eth0.receivedBps[at(5)]).toBe(1e6)
  expect(eth0.sentPps[at(5)]).toBe(10)
  expect(eth0.drops[at(5)]).toBe(1)
  expect(eth0.errors[at(5)]).toBe(1)
  expect(eth0.receivedBps[at(30)]).toBeNull()
})

test.each([
  ['minutes', 24],
  ['hours', 24 * 30],
])('a long range reads the %s', async (_resolution, hours) => {
  const from = NOW - hours * 3_600_000
  const [eth0] = await interfaceSeries(database.db, { from, to: NEWEST + 1000, sensorId: web, interface: 'eth0' })
  const rates = eth0.receivedBps.filter((rate) => rate !== null)
  expect(rates.length).toBeGreaterThan(0)
  for (const rate of rates) expect(rate).toBeCloseTo(1e6)
  expect(eth0.t.length).toBeLessThanOrEqual(302)
  expect(eth0.t.every((t) => t % eth0.stepSeconds === 0)).toBe(true)
})

test('an empty range is told as such', async () => {
  await expect(interfaceSeries(database.db, { from: NOW, to: NOW })).rejects.toBeInstanceOf(InvalidFilterError)
})

test('resources and link health over time', async () => {
  const [host] = await hostSeries(database.db, { ...HOUR, sensorId: web, points: 1 })
  expect(host.cpuUtilization.find((value) => value !== null)).toBeCloseTo(0.075)
  const [gateway] = await healthSeries(database.db, { from: NOW - 20_000, to: NOW, points: 20 })
  expect(gateway).toMatchObject({ target: '10.0.0.254', role: 'gateway' })
  expect(gateway.lossShare.filter((share) => share !== null)).toEqual([0, 1])
  expect(gateway.rttMeanUs.filter((rtt) => rtt !== null)).toEqual([200])
  expect(await latestHealth(database.db, { sensorId: web })).toMatchObject([
    { received: 0, rttMeanUs: null, hostname: 'web' },
  ])
})

test('the overview adds up', async () => {
  const seen = await overview(database.db, HOUR)
  expect(seen).toMatchObject({
    hostsOnline: 1,
    hostsTotal: 3,
    flows: 400,
    flowsActive: 7,
    openAlertsTotal: 2,
    openAlerts: { critical: 1, high: 0, medium: 1, low: 0, info: 0 },
    capturedPackets: 2 * 40 * 99,
    droppedPackets: 2 * 40,
  })
  expect(seen.throughputBps).toBeCloseTo(1.1e6)
  expect(seen.droppedShare).toBeCloseTo(0.01)
  expect(seen.flowsPerSecond).toBeGreaterThan(1)
  expect(seen.gaps).toMatchObject({
    gaps: 1,
    packets: 40,
    byCause: [{ cause: 'kernel-drop', times: 2, durationUs: 1e6 }],
  })
  expect(Math.max(...seen.trend.throughputBps.map((value) => value ?? 0))).toBeCloseTo(1.1e6)
  expect(seen.trend.throughputBps[0]).toBeNull()
  expect(await gapTotals(database.db, { ...HOUR, sensorId: db1 })).toMatchObject({ gaps: 0, packets: 0, byCause: [] })
  expect(await listGaps(database.db, HOUR)).toMatchObject([
    { source: 'capture', packets: 40, times: 2, hostname: 'web' },
  ])
})

test('talkers are both ends of flows, most octets first', async () => {
  const talkers = await topTalkers(database.db, { ...HOUR, limit: 5 })
  expect(talkers).toHaveLength(5)
  expect(talkers.every((row, i) => i === 0 || row.octets <= talkers[i - 1].octets)).toBe(true)
  for (const row of talkers) {
    const own = (await listFlows(database.db, { ...HOUR, address: row.address }, { limit: 1000 })).rows
    const peers = own.map((flow) => (flow.sourceAddress === row.address ? flow.destinationAddress : flow.sourceAddress))
    expect(row).toMatchObject({
      flows: own.length,
      peers: new Set(peers).size,
      maxAnomaly: Math.max(...own.map((flow) => flow.anomaly ?? 0)),
    })
    expect(row.octets).toBe(own.reduce((sum, flow) => sum + flow.octets, 0))
    expect(row.octets).toBe(row.sentOctets + row.receivedOctets)
    expect(row.trend.reduce((sum, octets) => sum + octets, 0)).toBe(row.octets)
  }
  // Our own address bears our host's name.
  const [own] = (await topTalkers(database.db, { ...HOUR, limit: 100 })).filter((row) => row.address === '10.0.0.1')
  expect(own?.hostName).toBe('web')
})

import { randomUUID } from 'node:crypto'
import { ClassSource, EndReason, Flow, Records } from '@picket/proto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getFlow, ledger, listFlows, listGaps, listInterfaces, touchSensor } from '../index.ts'
import { openTestDatabase, sampleFlows, type TestDatabase } from '../testing/index.ts'
import { commitBatch, cursorOf } from './commit-batch.ts'

const NOW = Date.now()
const DAY = { from: NOW - 86_400_000, to: NOW + 86_400_000 }
let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database?.close())

const flows = (count: number, seed = 1) => sampleFlows({ count, untilUs: NOW * 1000, spanUs: 60_000_000, seed })
const batch = (sensorId: string, sequence: number, records: Partial<Records>, epoch = 1) => ({
  sensorId,
  epoch,
  sequence,
  records: { ...Records.fromPartial({}), ...records },
  receivedAt: NOW,
})
const rowsOf = async (table: string, sensorId: string) =>
  (await database.db.query<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE sensor_id = $1`, [sensorId]))
    .rows[0].n

test('a flow comes back as it was sent', async () => {
  const sensorId = await database.addSensor('whole')
  const flow = Flow.fromPartial({
    interface: 'eth0',
    startUs: NOW * 1000 - 1_234_567,
    endUs: NOW * 1000 - 1,
    sourceAddress: Uint8Array.from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    destinationAddress: Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0xff, 0xfe, 0, 0, 9]),
    sourcePort: 50_000,
    destinationPort: 443,
    protocol: 6,
    etherType: 0x86dd,
    vlanId: 4095,
    sourceMac: Uint8Array.of(2, 0, 0, 0, 0, 1),
    communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    endReason: EndReason.END_OF_FLOW,
    forward: { packets: 10, octets: 4_000_000_000_000, tcpSyn: 1, tcpAck: 9, tcpFin: 1, tcpRetransmissions: 2 },
    reverse: { packets: 8, octets: 900, tcpSyn: 1, tcpAck: 8, tcpRst: 1 },
    handshakeRttUs: 4_000_000_000,
    protocolName: 'tls',
    hostName: 'example.com',
    tls: { serverName: 'example.com', version: '1.3', alpn: 'h2', ja4: 'a', ja3: 'b' },
    class: 'web',
    classConfidence: 0.75,
    classSource: ClassSource.BEHAVIOUR,
    anomaly: 0,
    anomalyModelId: 'm1',
    continued: true,
  })
  const features = Float32Array.of(1.5, Number.NaN, -3e20)
  await commitBatch(database.db, {
    ...batch(sensorId, 1, { flows: [flow] }),
    features: () => features,
    featureSetVersion: 3,
  })
  const [row] = (await listFlows(database.db, { ...DAY, sensorId })).rows
  expect(row).toMatchObject({
    hostname: 'whole',
    startUs: flow.startUs,
    endUs: flow.endUs,
    sourceAddress: '2001:db8::1',
    destinationAddress: 'fe80::200:ff:fe00:9',
    vlanId: 4095,
    sourceMac: '02:00:00:00:00:01',
    destinationMac: null,
    endReason: 'end-of-flow',
    packets: 18,
    octets: 4_000_000_000_900,
    tcp: { forwardFlags: 'FSA', reverseFlags: 'SRA', forwardRetransmissions: 2, reverseRetransmissions: 0 },
    handshakeRttUs: 4_000_000_000,
    tls: flow.tls,
    dns: null,
    classSource: 'behaviour',
    anomaly: 0,
    continued: true,
  })
  const detail = await getFlow(database.db, row)
  expect(detail?.features[0]).toBe(1.5)
  expect(detail?.features[1]).toBeNull()
  expect(detail?.features).toHaveLength(3)
  expect(detail?.featureSetVersion).toBe(3)
})

test('a batch is stored once, however often and from however many sides it comes', async () => {
  const sensorId = await database.addSensor()
  const sent = batch(sensorId, 1, { flows: flows(50) })
  const results = await Promise.all(Array.from({ length: 6 }, () => commitBatch(database.db, sent)))
  expect(results.filter((result) => result.stored)).toHaveLength(1)
  expect(await rowsOf('flows', sensorId)).toBe(50)
  expect((await commitBatch(database.db, batch(sensorId, 3, { flows: flows(5) }))).stored).toBe(true)
  expect(await commitBatch(database.db, batch(sensorId, 2, { flows: flows(5) }))).toMatchObject({
    stored: false,
    sequence: 3,
  })
  // Another epoch has a cursor of its own.
  expect((await commitBatch(database.db, batch(sensorId, 1, { flows: flows(5) }, 2))).stored).toBe(true)
  expect(await cursorOf(database.db, sensorId, 1)).toBe(3)
  expect(await cursorOf(database.db, sensorId, 2)).toBe(1)
  expect(await cursorOf(database.db, sensorId, 9)).toBe(0)
  expect(await ledger(database.db, sensorId)).toMatchObject({ flowsStored: 60, batchesStored: 3, batchesDuplicate: 6 })
})

test('what fails leaves neither rows nor cursor', async () => {
  const sensorId = await database.addSensor()
  const features = (flow: Flow) => Float32Array.from({ length: flow.destinationPort === 443 ? 2 : 3 })
  const sent = { ...batch(sensorId, 1, { flows: flows(50) }), features }
  await expect(commitBatch(database.db, sent)).rejects.toThrow(/feature vectors of/)
  expect(await rowsOf('flows', sensorId)).toBe(0)
  expect(await cursorOf(database.db, sensorId, 1)).toBe(0)
  await expect(commitBatch(database.db, batch(randomUUID(), 1, { flows: flows(1) }))).rejects.toMatchObject({
    code: '23503',
  })
})

test('a hostile row becomes a gap, its neighbours are stored', async () => {
  const sensorId = await database.addSensor()
  const [good] = flows(1)
  const bad: Partial<Flow>[] = [
    { sourceAddress: Uint8Array.of(1, 2, 3) },
    { endUs: NOW * 1000 + 40 * 86_400e6 },
    { startUs: 0 },
    { startUs: good.endUs + 1 },
    { destinationPort: 70_000 },
    { protocol: 256 },
    { vlanId: 5000 },
    { forward: { ...good.forward!, packets: Number.MAX_SAFE_INTEGER, octets: -1 } },
    { forward: { ...good.forward!, packets: Number.NaN } },
  ]
  const odd: Partial<Flow>[] = [
    { hostName: 'nul\0inside' },
    { hostName: 'x'.repeat(100_000), communityId: 'y'.repeat(100_000) },
    { class: '\ud800lone', application: "'; DROP TABLE flows; --" },
    { classConfidence: Number.NaN, anomaly: Number.POSITIVE_INFINITY },
    { sourceMac: Uint8Array.of(1), endReason: 77 as never, classSource: -1 },
    { http: { method: 'GET\0', host: '\udfff', statusCode: 200, userAgent: 'z'.repeat(9000), later: [], requests: 1 } },
  ]
  const sent = [...bad, ...odd, {}].map((change) => ({ ...good, ...change }))
  const result = await commitBatch(database.db, {
    ...batch(sensorId, 1, {}),
    records: {
      ...Records.fromPartial({
        interfaceSamples: [
          { interface: 'a\0b', timeUs: NOW * 1000, spanUs: 1e6 },
          { interface: 'x', timeUs: 5 },
        ],
        hostSamples: [
          {
            timeUs: NOW * 1000,
            cpuUtilization: Number.NaN,
            coreUtilization: [Number.NaN],
            processes: [{ name: '\0' }],
          },
        ],
        healthSamples: [{ timeUs: NOW * 1000, sent: 4_000_000_000 }],
        findings: [
          {
            id: 'f',
            kind: 'k',
            timeUs: NOW * 1000,
            startUs: NOW * 1000,
            evidence: { share: Number.NaN },
            communityIds: ['\0'],
          },
        ],
        interfaces: [{ name: 'dup' }, { name: 'dup\0', mac: Uint8Array.of(9), addresses: ['\0'] }],
        coverageGaps: [{ source: 'capture', startUs: 9, endUs: 3 }],
      }),
      flows: sent,
    },
  })
  expect(result.counts).toMatchObject({
    flows: odd.length + 1,
    interfaceSamples: 1,
    hostSamples: 1,
    healthSamples: 0,
    findings: 1,
    interfaces: 1,
  })
  expect(result.counts.rejected).toBe(bad.length + 3)
  const gaps = await listGaps(database.db, { ...DAY, sensorId })
  expect(gaps.map(({ source, cause, flows: lost }) => [source, cause, lost]).sort()).toEqual([
    ['ingest', 'rejected-coverage-gap', 0],
    ['ingest', 'rejected-flow', bad.length],
    ['ingest', 'rejected-health-sample', 0],
    ['ingest', 'rejected-interface-sample', 0],
  ])
  const names = (await listFlows(database.db, { ...DAY, sensorId })).rows.map((row) => row.hostName)
  expect(names).toContain('nulinside')
  expect(names).toContain('x'.repeat(255))
  expect((await listInterfaces(database.db, { sensorId })).map((row) => row.interface)).toEqual(['dup'])
})

test('the books balance over restarts of the sensor', async () => {
  const sensorId = await database.addSensor()
  const beat = (flowsMetered: number, packetsRead: number, flowsDiscarded = 0) =>
    touchSensor(database.db, {
      sensorId,
      at: Date.now(),
      heartbeat: { flowsMetered, packetsRead, flowsDiscarded, spoolBatches: 1, spoolBytes: 10 },
    })
  await beat(30, 300)
  await commitBatch(database.db, batch(sensorId, 1, { flows: flows(30) }))
  await beat(45, 400, 5)
  // The process ends and begins anew: its counters start from zero.
  await beat(10, 50)
  const lost = {
    source: 'spool',
    interface: '',
    cause: 'spool-full',
    startUs: NOW * 1000,
    endUs: NOW * 1000,
    packets: 0,
    flows: 5,
    octets: 0,
  }
  await commitBatch(
    database.db,
    batch(sensorId, 2, { flows: [...flows(19, 2), { ...flows(1)[0], protocol: 999 }], coverageGaps: [lost] }),
  )
  expect(await ledger(database.db, sensorId)).toMatchObject({
    flowsMetered: 55,
    packetsRead: 450,
    flowsStored: 49,
    flowsInGaps: 6,
    flowsRejected: 1,
    flowsPending: 0,
  })
  expect(await ledger(database.db, randomUUID())).toBeNull()
})

test('a new process that already counted more than the old one did is told by when it started', async () => {
  const sensorId = await database.addSensor()
  const beat = (processStartedUs: number, flowsMetered: number) => {
    const counters = { flowsMetered, packetsRead: flowsMetered, flowsDiscarded: 0, spoolBatches: 0, spoolBytes: 0 }
    return touchSensor(database.db, { sensorId, at: Date.now(), heartbeat: { ...counters, processStartedUs } })
  }
  await beat(NOW * 1000, 10)
  await beat(NOW * 1000, 12)
  await beat(NOW * 1000 + 1, 20)
  await beat(NOW * 1000 + 1, 25)
  expect(await ledger(database.db, sensorId)).toMatchObject({ flowsMetered: 37, packetsRead: 37 })
})

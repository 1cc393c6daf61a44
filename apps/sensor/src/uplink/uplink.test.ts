import { status } from '@grpc/grpc-js'
import { Heartbeat, Hello, HostSample, type CoverageGap, type Policy, type Rejection } from '@picket/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { TestAuthority } from '../../test/test-authority.ts'
import { TestCollector } from '../../test/test-collector.ts'
import { Batcher } from '../batch/batcher.ts'
import type { Identity } from '../enrol/identity.ts'
import type { SpoolRecord } from '../spool/record.ts'
import { Spool } from '../spool/spool.ts'
import { Telemetry } from '../telemetry.ts'
import { Uplink, type UplinkOptions, type UplinkState } from './uplink.ts'

const timing = {
  heartbeatMs: 50,
  welcomeTimeoutMs: 2000,
  firstRetryMs: 20,
  longestRetryMs: 100,
  removedRetryMs: 60_000,
  drainMs: 3000,
}

async function setUp(collector: TestCollector, options: Partial<UplinkOptions> = {}, identity?: Identity) {
  const telemetry = new Telemetry()
  const gaps: CoverageGap[] = []
  const states: UplinkState[] = []
  const rejections: { rejection: Rejection; record: SpoolRecord | undefined }[] = []
  const policies: Policy[] = []
  const known = identity ?? (await collector.createIdentity())
  const nowUs = () => Date.now() * 1000
  const spool = new Spool({
    folder: temporaryFolder(),
    limitBytes: 2 ** 24,
    nowUs,
    telemetry,
    onGap: (gap) => gaps.push(gap),
  })
  const uplink: Uplink = new Uplink({
    collector: { host: '127.0.0.1', port: collector.streamPort },
    identity: () => known,
    spool,
    telemetry,
    nowUs,
    random: () => 0.5,
    hello: () => Hello.create({ sensorId: known.sensorId, hostname: 'h', epoch: spool.epoch, timeUs: nowUs() }),
    heartbeat: () => Heartbeat.create({ timeUs: nowUs(), spoolBatches: telemetry.get('spoolBatches') }),
    handlers: {
      onRejection: (rejection, record) => rejections.push({ rejection, record }),
      onPolicy: (policy) => policies.push(policy),
      onModelOffer: () => undefined,
      onModelWithdrawal: () => undefined,
      onCommand: () => undefined,
    },
    onState: (state) => states.push(state),
    timing,
    ...options,
  })
  const append = (payload: Uint8Array, flows: number) => {
    spool.append(payload, flows)
    uplink.wake()
  }
  const batcher = new Batcher({ append, telemetry, nowUs })
  /** One batch that carries its number as the load average. */
  const send = (number: number) => {
    batcher.add({ hostSamples: [HostSample.create({ load1m: number })] })
    batcher.flush()
  }
  onTestFinished(async () => {
    await uplink.stop()
    await spool.stop()
  })
  return { uplink, spool, telemetry, gaps, states, rejections, policies, send }
}

async function openCollector(): Promise<TestCollector> {
  const collector = await TestCollector.create()
  onTestFinished(() => collector.stop())
  return collector
}

const numbersStored = (collector: TestCollector) =>
  [...collector.stored.values()].flatMap((records) => records.hostSamples.map((sample) => sample.load1m))

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('uplink', () => {
  test('says hello, delivers what waited and what comes, and empties the spool', async () => {
    const collector = await openCollector()
    const { uplink, spool, telemetry, send } = await setUp(collector)
    for (const number of upTo(5)) send(number)
    await uplink.start()
    await eventually('what waited', () => collector.stored.size === 5)
    send(5)
    await eventually('an empty spool', () => telemetry.get('spoolBatches') === 0)
    expect(numbersStored(collector)).toEqual(upTo(6))
    expect(collector.hellos[0]).toMatchObject({ epoch: spool.epoch })
    await eventually('a heartbeat', () => collector.messages.some((message) => message.heartbeat))
  })

  test('sends again what was not acknowledged when the stream broke: nothing lost, nothing stored twice', async () => {
    const collector = await openCollector()
    const { uplink, telemetry, send } = await setUp(collector)
    collector.onBatch = (_batch, count) => {
      if (count === 10 || count === 25) return 'drop-stream'
      // Stored, but the acknowledgement is lost with the stream.
      return (count > 6 && count < 10) || (count > 20 && count < 25) ? 'store-silently' : undefined
    }
    await uplink.start()
    for (const number of upTo(60)) send(number)
    await eventually('an empty spool', () => telemetry.get('spoolBatches') === 0)
    expect(numbersStored(collector)).toEqual(upTo(60))
    expect(collector.hellos.length).toBe(3)
    expect(collector.arrived.length).toBeGreaterThan(60)
  })

  test('outlives a collector that is killed and started again', async () => {
    const collector = await openCollector()
    const { uplink, telemetry, states, send } = await setUp(collector)
    await uplink.start()
    for (const number of upTo(10)) send(number)
    await eventually('the first ten', () => collector.stored.size === 10)
    collector.stop()
    for (const number of upTo(10)) send(10 + number)
    await eventually('a failed attempt', () => states.some(({ state }) => state === 'disconnected'))
    await collector.listen()
    await eventually('an empty spool', () => telemetry.get('spoolBatches') === 0)
    expect(numbersStored(collector)).toEqual(upTo(20))
  })

  test('never has more under way than the window', async () => {
    const collector = await openCollector()
    collector.onBatch = () => 'hold'
    const { uplink, telemetry, send } = await setUp(collector, { window: { batches: 4, bytes: 2 ** 20 } })
    for (const number of upTo(50)) send(number)
    await uplink.start()
    await eventually('a full window', () => collector.arrived.length === 4)
    await eventually('two heartbeats more', () => collector.messages.filter((message) => message.heartbeat).length > 3)
    expect(telemetry.get('batchesSent')).toBe(4)
    collector.onBatch = () => undefined
    const { epoch } = collector.hellos[0] ?? { epoch: 0 }
    collector.broadcast({ acknowledgement: { epoch, sequence: 4 } })
    await eventually('the rest', () => telemetry.get('spoolBatches') === 0)
  })

  test('drops a rejected batch into the coverage ledger and goes on', async () => {
    const collector = await openCollector()
    collector.onBatch = (batch) => (batch.sequence === 2 ? 'reject' : undefined)
    const { uplink, telemetry, gaps, rejections, send } = await setUp(collector)
    await uplink.start()
    for (const number of upTo(4)) send(number)
    await eventually('an empty spool', () => telemetry.get('spoolBatches') === 0)
    expect(numbersStored(collector)).toEqual([0, 2, 3])
    expect(gaps).toMatchObject([{ source: 'ingest', cause: 'rejected' }])
    expect(rejections[0]?.record?.payload.length).toBeGreaterThan(0)
    expect(collector.arrived.filter((batch) => batch.sequence === 2)).toHaveLength(1)
  })

  test('stops trying when it was removed', async () => {
    const collector = await openCollector()
    collector.refuseStreams = { code: status.PERMISSION_DENIED, details: 'sensor was removed' }
    const { uplink, states } = await setUp(collector)
    await uplink.start()
    await eventually('the state', () => states.length > 0)
    expect(states).toMatchObject([{ state: 'removed', reason: 'sensor was removed' }])
    expect(states[0]).toHaveProperty('retryMs', 45_000)
  })

  test('refuses a collector with a certificate of another authority', async () => {
    const collector = await openCollector()
    const identity = await collector.createIdentity()
    const stranger = await TestAuthority.create()
    const { uplink, states, send } = await setUp(collector, {}, { ...identity, authorities: stranger.pem })
    send(1)
    await uplink.start()
    await eventually('the state', () => states.length > 0)
    expect(states[0]?.state).toBe('untrusted')
    expect(collector.messages).toEqual([])
  })

  test('hands on policies', async () => {
    const collector = await openCollector()
    const { uplink, policies, telemetry } = await setUp(collector)
    await uplink.start()
    await eventually('a stream', () => telemetry.get('streamsOpened') === 1)
    collector.broadcast({
      policy: { revision: 3, idleTimeoutMs: 1000, healthTargets: ['192.0.2.1'], excludedInterfaces: [] },
    })
    await eventually('the policy', () => policies.length === 1)
    expect(policies[0]).toMatchObject({ revision: 3, idleTimeoutMs: 1000 })
  })

  test('delivers what waits before it stops', async () => {
    const collector = await openCollector()
    const { uplink, telemetry, send } = await setUp(collector)
    await uplink.start()
    await eventually('a stream', () => telemetry.get('streamsOpened') === 1)
    for (const number of upTo(200)) send(number)
    await uplink.stop()
    expect(collector.stored.size).toBe(200)
  })

  test('stops before it was started, and twice', async () => {
    const collector = await openCollector()
    const { uplink } = await setUp(collector)
    await uplink.stop()
    await uplink.stop()
    expect(collector.hellos).toEqual([])
  })
})

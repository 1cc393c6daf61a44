import { randomUUID, X509Certificate } from 'node:crypto'
import { SensorServiceClient } from '@picket/proto'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { TestCollector } from '../../test/test-collector.ts'
import { createCredentials } from '../uplink/credentials.ts'
import { CertificateRenewer } from './certificate-renewer.ts'
import { loadIdentity, saveIdentity, saveKey } from './identity.ts'

const hourMs = 3_600_000

async function setUp({ lifeMs = 48 * hourMs, connected = true } = {}) {
  const collector = await TestCollector.create()
  const identity = await collector.createIdentity(lifeMs)
  const stateFolder = temporaryFolder()
  await saveKey(stateFolder, identity.privateKey)
  await saveIdentity(stateFolder, identity)
  const client = new SensorServiceClient(`127.0.0.1:${collector.streamPort}`, createCredentials(identity))
  const clock = { ms: Date.now() }
  const renewed: Date[] = []
  const failures: { reason: string; daysLeft: number }[] = []
  const renewer = new CertificateRenewer({
    identity,
    stateFolder,
    client: () => (connected ? client : undefined),
    nowMs: () => clock.ms,
    onRenewed: (until) => renewed.push(until),
    onFailure: (error, daysLeft) => failures.push({ reason: String(error), daysLeft }),
  })
  onTestFinished(async () => {
    await renewer.stop()
    client.close()
    collector.stop()
  })
  return { collector, identity, stateFolder, clock, renewed, failures, renewer }
}

test('a certificate in the first two thirds of its life is left alone', async () => {
  const { renewer, identity, renewed, failures } = await setUp()
  await renewer.start()
  expect(renewer.identity).toBe(identity)
  expect({ renewed, failures }).toEqual({ renewed: [], failures: [] })
})

test('a certificate near its end is replaced, for the same key, in memory and on disk', async () => {
  const { renewer, identity, stateFolder, renewed, failures } = await setUp({ lifeMs: 30 * hourMs })
  await renewer.start()
  expect(failures).toEqual([])
  expect(renewed).toHaveLength(1)
  const kept = await loadIdentity(stateFolder)
  expect(kept).toEqual(renewer.identity)
  expect(kept).toMatchObject({ sensorId: identity.sensorId, privateKey: identity.privateKey })
  const [before, after] = [identity, renewer.identity].map(
    ({ certificateChain }) => new X509Certificate(certificateChain).validToDate,
  )
  expect(after.getTime()).toBeGreaterThan(before.getTime())
  await renewer.check()
  expect(renewed).toHaveLength(1)
})

test('without a stream nothing is asked, and it is done once there is one', async () => {
  const { renewer, renewed, failures } = await setUp({ lifeMs: 30 * hourMs, connected: false })
  await renewer.start()
  expect({ renewed, failures }).toEqual({ renewed: [], failures: [] })
})

test('an answer for another sensor is refused and the old certificate kept', async () => {
  const { collector, renewer, identity, stateFolder, failures } = await setUp({ lifeMs: 30 * hourMs })
  collector.renewAs = randomUUID()
  await renewer.start()
  expect(failures).toMatchObject([{ reason: expect.stringContaining('not for this sensor'), daysLeft: 0 }])
  expect(renewer.identity).toBe(identity)
  expect(await loadIdentity(stateFolder)).toEqual(identity)
})

test('a collector that does not answer is reported, and asked again the next time', async () => {
  const { collector, renewer, renewed, failures } = await setUp({ lifeMs: 30 * hourMs })
  const port = collector.streamPort
  collector.stop()
  await renewer.start()
  expect(failures).toHaveLength(1)
  expect(renewed).toEqual([])
  await collector.listen()
  expect(collector.streamPort).toBe(port)
  await expect.poll(() => renewer.check().then(() => renewed.length), { timeout: 20_000 }).toBe(1)
})

test('a certificate that has ended says what to do', async () => {
  const { renewer, clock, failures } = await setUp()
  clock.ms += 48 * hourMs
  await renewer.start()
  expect(failures).toMatchObject([{ reason: expect.stringContaining('enrol again'), daysLeft: 0 }])
})

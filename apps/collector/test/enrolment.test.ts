import { X509Certificate, createHash } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import { listAudit, listSensors, listTokens, removeSensor, revokeToken, createToken } from '@picket/store'
import { openTestDatabase, type TestDatabase } from '@picket/store/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSecret, secretHash } from '../src/enroll/token.ts'
import { PrivateRedis } from './support/private-redis.ts'
import { TestCollector } from './support/test-collector.ts'
import type { SensorIdentity } from './support/sensor-identity.ts'
import { enrol, renew, TestStream } from './support/test-sensor.ts'

let database: TestDatabase
let redis: PrivateRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
})

afterAll(async () => {
  await Promise.all([database.close(), redis.close()])
})

const start = () => TestCollector.start(database.url, redis.url)

test('a good token gives an identity whose certificate names the sensor', async () => {
  const fleet = await start()
  const identity = await enrol(fleet.collector.enrol, fleet.authorityPem, {
    token: await fleet.secret(5, { env: 'prod' }),
    hostname: 'db-07',
    labels: { env: 'own', rack: '4' },
  })
  if (identity instanceof Error) throw identity
  const leaf = new X509Certificate(identity.chain)
  expect(leaf.subject).toBe(`CN=${identity.sensorId}`)
  expect(leaf.verify(new X509Certificate(identity.authorities).publicKey)).toBe(true)
  const sensors = await listSensors(database.db)
  expect(sensors.find((sensor) => sensor.sensorId === identity.sensorId)).toMatchObject({
    hostname: 'db-07',
    state: 'enrolled',
    labels: { env: 'prod', rack: '4' },
    certificateExpiresAt: Date.parse(leaf.validTo),
  })
  const audit = await listAudit(database.db, { subject: identity.sensorId })
  expect(audit.rows).toMatchObject([{ action: 'sensor.enrol', actor: `sensor:${identity.sensorId}` }])
})

test('a token works once, even when presented twice at the same moment', async () => {
  const fleet = await start()
  const token = await fleet.secret()
  const answers = await Promise.all(
    [1, 2, 3].map(() => enrol(fleet.collector.enrol, fleet.authorityPem, { token, hostname: 'twice' })),
  )
  expect(answers.filter((answer) => !(answer instanceof Error))).toHaveLength(1)
  for (const answer of answers.filter((candidate) => candidate instanceof Error)) {
    expect(answer).toMatchObject({ code: status.UNAUTHENTICATED })
  }
  expect((await listSensors(database.db)).filter((sensor) => sensor.hostname === 'twice')).toHaveLength(1)
})

test('expired, revoked and unknown tokens are refused alike', async () => {
  const fleet = await start()
  const expired = newSecret()
  await createToken(database.db, {
    secretHash: secretHash(expired),
    createdBy: 'test',
    expiresAt: Date.now() - 1_000,
  })
  const revoked = await fleet.secret()
  const [latest] = await listTokens(database.db)
  await revokeToken(database.db, latest.id)
  const details = new Set<string>()
  for (const token of [expired, revoked, newSecret(), 'short']) {
    const answer = await enrol(fleet.collector.enrol, fleet.authorityPem, { token })
    expect(answer).toMatchObject({ code: status.UNAUTHENTICATED })
    details.add((answer as Error & { details: string }).details)
  }
  expect(details.size).toBe(1)
})

test('a malformed request is refused and does not use up the token', async () => {
  const fleet = await start()
  const token = await fleet.secret()
  const wrong = [
    { signingRequest: Uint8Array.of(1, 2, 3) },
    { hostname: '' },
    { hostname: 'x'.repeat(300) },
    { labels: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`l${index}`, 'v'])) },
  ]
  for (const request of wrong) {
    const answer = await enrol(fleet.collector.enrol, fleet.authorityPem, { token, ...request })
    expect(answer).toMatchObject({ code: status.INVALID_ARGUMENT })
  }
  expect(await enrol(fleet.collector.enrol, fleet.authorityPem, { token })).toHaveProperty('sensorId')
})

test('guessing is slowed down, and the address is told', async () => {
  const fleet = await start()
  const codes: unknown[] = []
  for (let attempt = 0; attempt < 25; attempt += 1) {
    const answer = await enrol(fleet.collector.enrol, fleet.authorityPem, { token: newSecret() })
    codes.push((answer as { code?: unknown }).code)
  }
  expect(codes.slice(0, 20)).toEqual(Array(20).fill(status.UNAUTHENTICATED))
  expect(codes.at(-1)).toBe(status.RESOURCE_EXHAUSTED)
  expect(fleet.telemetry.get('enrolmentLimited')).toBeGreaterThan(0)
})

test('a token names the authority by the fingerprint that the ready line gives', async () => {
  const { collector, authorityPem } = await start()
  const raw = new X509Certificate(authorityPem).raw
  expect(createHash('sha256').update(raw).digest('base64url')).toBe(collector.fingerprint)
})

test('a renewed certificate takes over when it is first used, and only then the old one stops counting', async () => {
  const fleet = await start()
  const identity = await enrol(fleet.collector.enrol, fleet.authorityPem, { token: await fleet.secret() })
  if (identity instanceof Error) throw identity
  const next = await renew(fleet.collector.stream, identity)
  const lost = await renew(fleet.collector.stream, identity)
  if (next instanceof Error || lost instanceof Error) throw new Error('not renewed')
  expect(await streamOutcome(fleet.collector.stream, next)).toMatchObject({ code: status.PERMISSION_DENIED })
  expect(await streamOutcome(fleet.collector.stream, identity)).toBe('welcome')
  expect(await streamOutcome(fleet.collector.stream, lost)).toBe('welcome')
  expect(await streamOutcome(fleet.collector.stream, identity)).toMatchObject({ code: status.PERMISSION_DENIED })
  const known = (await listSensors(database.db)).find(({ sensorId }) => sensorId === identity.sensorId)
  expect(known?.certificateExpiresAt).toBe(Date.parse(new X509Certificate(lost.chain).validTo))
  const audit = await listAudit(database.db, { subject: identity.sensorId })
  expect(audit.rows.filter(({ action }) => action === 'sensor.renew')).toHaveLength(2)
})

test('a removed sensor and a malformed request get no new certificate', async () => {
  const fleet = await start()
  const identity = await enrol(fleet.collector.enrol, fleet.authorityPem, { token: await fleet.secret() })
  if (identity instanceof Error) throw identity
  const malformed = await renew(fleet.collector.stream, identity, Uint8Array.of(1, 2, 3))
  expect(malformed).toMatchObject({ code: status.INVALID_ARGUMENT })
  await removeSensor(database.db, identity.sensorId)
  expect(await renew(fleet.collector.stream, identity)).toMatchObject({ code: status.PERMISSION_DENIED })
})

async function streamOutcome(address: string, identity: SensorIdentity) {
  const stream = new TestStream(address, identity)
  stream.hello()
  try {
    return await Promise.race([stream.message('welcome').then(() => 'welcome'), stream.ended()])
  } catch {
    return await stream.ended()
  } finally {
    stream.close()
  }
}

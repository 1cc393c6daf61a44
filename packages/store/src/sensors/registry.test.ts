import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as store from '../index.ts'
import { openTestDatabase, type TestDatabase } from '../testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database?.close())

const secret = (text: string) => createHash('sha256').update(text).digest()
const newSensor = (change: Partial<store.NewSensor> = {}): store.NewSensor => ({
  sensorId: randomUUID(),
  hostname: 'host-1',
  platform: 'linux-x64',
  version: '0.1.0',
  certificateSha256: 'ab'.repeat(32),
  certificateExpiresAt: Date.now() + 1e9,
  ...change,
})
const newModel = (id: string, change: Partial<store.NewModel> = {}): store.NewModel => ({
  id,
  kind: 'anomaly-forest',
  featureSetVersion: 1,
  featureSetHash: 'f'.repeat(64),
  metrics: { auc: 0.97 },
  lineage: { rows: 1000 },
  sizeBytes: 5,
  sha256: 'a'.repeat(64),
  signature: 'c2ln',
  path: `/models/${id}`,
  trainedAt: Date.now(),
  createdBy: 'a@b',
  ...change,
})

test('a token is used once, by whoever is first, and a failed enrolment gives it back', async () => {
  const token = await store.createToken(database.db, {
    secretHash: secret('one'),
    createdBy: 'a@b',
    expiresAt: Date.now() + 60_000,
    labels: { env: 'prod' },
  })
  expect(token).toMatchObject({ state: 'open', labels: { env: 'prod' }, sensorId: null })
  const failed = database.db.transaction(async (tx) => {
    expect(await store.consumeToken(tx, secret('one'))).toMatchObject({ ok: true })
    throw new Error('the request was malformed')
  })
  await expect(failed).rejects.toThrow('malformed')
  const enrol = () =>
    database.db.transaction(async (tx) => {
      const use = await store.consumeToken(tx, secret('one'))
      if (use.ok) await store.createSensor(tx, newSensor({ tokenId: use.tokenId, labels: use.labels }))
      return use
    })
  const uses = await Promise.all(Array.from({ length: 5 }, enrol))
  expect(uses.filter((use) => use.ok)).toEqual([{ ok: true, tokenId: token.id, labels: { env: 'prod' } }])
  expect(uses.filter((use) => !use.ok)).toEqual(Array.from({ length: 4 }, () => ({ ok: false, reason: 'used' })))
  const [listed] = await store.listTokens(database.db)
  const [sensor] = (await store.listSensors(database.db)).filter(({ labels }) => labels.env === 'prod')
  expect(listed).toMatchObject({ state: 'used', sensorId: sensor.sensorId })
})

test('an unknown, expired or revoked token is refused by name', async () => {
  expect(await store.consumeToken(database.db, secret('unknown'))).toEqual({ ok: false, reason: 'unknown' })
  await store.createToken(database.db, { secretHash: secret('late'), createdBy: 'a@b', expiresAt: Date.now() - 1 })
  expect(await store.consumeToken(database.db, secret('late'))).toEqual({ ok: false, reason: 'expired' })
  const token = await store.createToken(database.db, {
    secretHash: secret('revoked'),
    createdBy: 'a@b',
    expiresAt: Date.now() + 60_000,
  })
  expect(await store.revokeToken(database.db, token.id)).toMatchObject({ state: 'revoked' })
  expect(await store.consumeToken(database.db, secret('revoked'))).toEqual({ ok: false, reason: 'revoked' })
  expect(await store.revokeToken(database.db, 999_999)).toBeUndefined()
})

test('a sensor lives from enrolment to retirement', async () => {
  const { sensorId } = await store.createSensor(database.db, newSensor({ labels: { env: 'test' } }))
  expect(await store.getSensorForAuth(database.db, sensorId)).toMatchObject({
    state: 'enrolled',
    certificateSha256: 'ab'.repeat(32),
  })
  expect(await store.getSensorForAuth(database.db, 'not-a-uuid')).toBeUndefined()
  await store.touchSensor(database.db, {
    sensorId,
    at: Date.now(),
    hostname: 'host-2',
    activeModels: { 'anomaly-forest': 'm' },
    labels: { env: 'own', rack: '7' },
  })
  expect(await store.renameSensor(database.db, sensorId, '  Front door ')).toMatchObject({
    name: 'Front door',
    hostname: 'host-2',
    presence: 'online',
  })
  // What a person set stands before what the sensor says.
  expect((await store.setLabels(database.db, sensorId, { env: 'mine' }))?.labels).toEqual({ env: 'mine' })
  await store.touchSensor(database.db, { sensorId, at: Date.now(), labels: { env: 'own', rack: '7' } })
  const [sensor] = (await store.listSensors(database.db)).filter((row) => row.sensorId === sensorId)
  expect(sensor).toMatchObject({ labels: { env: 'mine', rack: '7' }, activeModels: { 'anomaly-forest': 'm' } })
  expect(await store.renameSensor(database.db, sensorId, '')).toMatchObject({ name: 'host-2' })
  expect(await store.removeSensor(database.db, sensorId)).toMatchObject({ state: 'retired', presence: 'retired' })
  expect(await store.getSensorForAuth(database.db, sensorId)).toMatchObject({ state: 'retired' })
  expect(await store.removeSensor(database.db, randomUUID())).toBeUndefined()
})

test('of a kind one model is active, and of a stage one rollout is current', async () => {
  const { sensorId } = await store.createSensor(database.db, newSensor())
  await store.registerModel(database.db, newModel('m1'))
  await store.registerModel(database.db, newModel('m2', { threshold: 0.8, classes: ['web'] }))
  await store.registerModel(database.db, newModel('c1', { kind: 'traffic-classifier' }))
  await store.registerModel(database.db, newModel('m1', { path: '/elsewhere' }))
  expect((await store.getModel(database.db, 'm1'))?.path).toBe('/models/m1')
  for (const id of ['m1', 'c1', 'm2']) await store.setModelState(database.db, id, 'active')
  expect((await store.listModels(database.db, { state: 'active' })).map((row) => row.id).sort()).toEqual(['c1', 'm2'])
  expect((await store.getModel(database.db, 'm1'))?.state).toBe('retired')
  expect(await store.setModelState(database.db, 'nothing', 'active')).toBeUndefined()

  const first = await store.createRollout(database.db, { modelId: 'm1', createdBy: 'a@b' })
  const canary = await store.createRollout(database.db, {
    modelId: 'm2',
    stage: 'canary',
    sensorIds: [sensorId],
    createdBy: 'a@b',
  })
  const second = await store.createRollout(database.db, { modelId: 'm2', createdBy: 'a@b' })
  const current = await store.listRollouts(database.db, { current: true })
  expect(current.map((row) => row.id)).toEqual([second.id, canary.id])
  expect((await store.listRollouts(database.db)).find((row) => row.id === first.id)?.endedAt).not.toBeNull()
  await expect(store.createRollout(database.db, { modelId: 'nothing', createdBy: 'x' })).rejects.toMatchObject({
    code: '23503',
  })

  await store.recordModelStatus(database.db, sensorId, 'm2', 'downloaded')
  await store.recordModelStatus(database.db, sensorId, 'm2', 'refused', 'another\0 feature set')
  await store.recordModelStatus(database.db, sensorId, 'nothing', 'active')
  expect(await store.listModelStatus(database.db)).toMatchObject([
    { modelId: 'm2', state: 'refused', detail: 'another feature set', hostname: 'host-1' },
  ])
  expect((await store.getModel(database.db, 'm2'))?.sensors).toEqual({
    downloaded: 0,
    active: 0,
    refused: 1,
    failed: 0,
  })
})

test('a job tells its life and keeps the last lines of its log', async () => {
  const job = await store.createJob(database.db, {
    kind: 'train',
    createdBy: 'a@b',
    params: { kinds: ['anomaly-forest'] },
  })
  expect(job).toMatchObject({ state: 'queued', progress: 0, startedAt: null, log: [] })
  await store.updateJob(database.db, job.id, { state: 'running', progress: 0.5, log: 'started' })
  await store.updateJob(database.db, job.id, { log: Array.from({ length: 600 }, (_, i) => `line ${i}`) })
  const done = await store.updateJob(database.db, job.id, {
    state: 'completed',
    progress: 1,
    result: { modelId: 'm1' },
    log: ['done'],
  })
  expect(done).toMatchObject({ state: 'completed', result: { modelId: 'm1' } })
  expect(done!.log).toHaveLength(500)
  expect(done!.log.at(-1)?.line).toBe('done')
  expect(done!.log[0].line).toBe('line 101')
  expect(done!.finishedAt).toBeGreaterThanOrEqual(done!.startedAt!)
  expect((await store.listJobs(database.db, { kind: 'train' })).map((row) => row.id)).toEqual([job.id])
  expect(await store.updateJob(database.db, randomUUID(), { progress: 1 })).toBeUndefined()
  expect(await store.getJob(database.db, 'x')).toBeUndefined()
})

test('settings are merged, checked, versioned and on the trail', async () => {
  expect(await store.getSettings(database.db)).toMatchObject({ ...store.DEFAULT_SETTINGS, revision: 1 })
  const changed = await store.updateSettings(
    database.db,
    { retentionDays: { flows: 7 }, scanThreshold: 40, healthTargets: ['192.0.2.1', 'db.internal:5432'] },
    'ann@x',
  )
  expect(changed).toMatchObject({
    revision: 2,
    scanThreshold: 40,
    updatedBy: 'ann@x',
    retentionDays: { flows: 7, interfaceSamples: 14 },
  })
  await expect(store.updateSettings(database.db, { anomalyThreshold: 2, scanThreshold: 0 }, 'x')).rejects.toThrow(
    /anomalyThreshold[^]*|scanThreshold/,
  )
  await expect(store.updateSettings(database.db, { retentionDays: { minutes: 800 } }, 'x')).rejects.toThrow(
    /minutes cannot be kept longer/,
  )
  await expect(store.updateSettings(database.db, { healthTargets: ['$(reboot)'] }, 'x')).rejects.toBeInstanceOf(
    store.InvalidFilterError,
  )
  expect((await store.getSettings(database.db)).revision).toBe(2)
  expect((await store.listAudit(database.db, { action: 'settings.update' })).rows).toMatchObject([
    { actor: 'ann@x', subject: 'settings' },
  ])
  const { rows } = await database.db.query<{ name: string; after: string }>(
    `SELECT hypertable_name AS name, config ->> 'drop_after' AS after FROM timescaledb_information.jobs
     WHERE proc_name = 'policy_retention' AND hypertable_name IN ('flows', 'interface_samples') ORDER BY 1`,
  )
  expect(rows.map((row) => row.after)).toEqual(['7 days', '14 days'])
})

test('the trail pages backwards', async () => {
  for (let i = 0; i < 7; i++) await store.recordAudit(database.db, { actor: 'pager', action: 'test', subject: `${i}` })
  const first = await store.listAudit(database.db, { actor: 'pager' }, { limit: 4 })
  const second = await store.listAudit(database.db, { actor: 'pager' }, { limit: 4, cursor: first.nextCursor })
  expect([...first.rows, ...second.rows].map((row) => row.subject)).toEqual(['6', '5', '4', '3', '2', '1', '0'])
  expect(second.nextCursor).toBeUndefined()
})

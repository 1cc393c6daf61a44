import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlertEvidence, AlertFilter, AlertRow } from '../index.ts'
import { openTestDatabase, type TestDatabase } from '../testing/index.ts'
import { listAudit } from '../settings/audit.ts'
import { alertCounts, exportAlerts, getAlert, listAlerts } from './alert-lists.ts'
import { acknowledgeAlert, closeAlert, reopenAlert } from './change-alert.ts'
import { listFindings, recordFinding } from './findings.ts'
import { openOrUpdateAlert } from './open-or-update-alert.ts'

const HOUR_MS = 3_600_000
let database: TestDatabase
let one: string
let other: string

beforeAll(async () => {
  database = await openTestDatabase()
  ;[one, other] = [await database.addSensor('one'), await database.addSensor('other')]
})
afterAll(() => database?.close())

const evidence = (change: Partial<AlertEvidence> = {}): AlertEvidence => ({
  rule: 'port-scan',
  entity: '10.0.0.1',
  severity: 'medium',
  title: 'Scan',
  sensorId: one,
  interface: 'eth0',
  score: 0.5,
  lastSeen: Date.now(),
  ...change,
})
const count = (change: Partial<AlertEvidence> = {}) => openOrUpdateAlert(database.db, evidence(change))

test('evidence of one rule about one entity adds up on one alert, across hosts', async () => {
  const at = Date.now()
  const first = await count({
    communityIds: ['1:a', '1:b'],
    lastSeen: at,
    firstSeen: at - 5000,
    evidence: { distinct_ports: 30 },
  })
  expect(first).toMatchObject({
    outcome: 'opened',
    alert: { state: 'open', count: 1, sensorId: [one], hostnames: ['one'], firstSeen: at - 5000 },
  })
  const late = await count({
    sensorId: other,
    severity: 'high',
    score: 0.4,
    lastSeen: at - 60_000,
    title: 'Older',
    communityIds: ['1:b', '1:c'],
  })
  expect(late).toMatchObject({
    outcome: 'updated',
    alert: {
      id: first.alert.id,
      count: 2,
      severity: 'high',
      score: 0.5,
      title: 'Scan',
      firstSeen: at - 60_000,
      lastSeen: at,
      sensorId: [one, other],
      hostnames: ['one', 'other'],
      evidence: { distinct_ports: 30 },
    },
  })
  expect(late.alert.communityIds.sort()).toEqual(['1:a', '1:b', '1:c'])
  expect((await count({ entity: '10.0.0.2' })).outcome).toBe('opened')
})

test('evidence of a hostile sensor is counted, not choked on', async () => {
  const { alert } = await count({
    entity: 'nul\0',
    title: '\ud800 lone',
    interface: '\0',
    score: Number.NaN,
    evidence: { 'key\0': '\0', share: Number.NaN },
    communityIds: Array.from({ length: 500 }, (_, i) => `1:\0${i}`),
  })
  expect(alert).toMatchObject({ entity: 'nul', score: 0, interface: '', evidence: { key: '', share: null } })
  expect(alert.communityIds).toHaveLength(50)
  expect(await closeAlert(database.db, alert.id, 'a\0b', 'expected', 'note\0')).toMatchObject({
    ok: true,
    alert: { closeNote: 'note' },
  })
})

test('the same first evidence from many sides opens one alert', async () => {
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => count({ entity: 'race' })))
  expect(outcomes.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1)
  expect(new Set(outcomes.map(({ alert }) => alert.id)).size).toBe(1)
  expect(Math.max(...outcomes.map(({ alert }) => alert.count))).toBe(8)
})

test('old evidence does not raise what was closed, new evidence does', async () => {
  const { alert } = await count({ entity: 'closed' })
  await closeAlert(database.db, alert.id, 'a@b', 'true-positive')
  const stale = await count({ entity: 'closed', lastSeen: Date.now() - HOUR_MS })
  expect(stale).toMatchObject({ outcome: 'stale', alert: { id: alert.id, state: 'closed', count: 2 } })
  const fresh = await count({ entity: 'closed', lastSeen: Date.now() + 1000 })
  expect(fresh.outcome).toBe('opened')
  expect(fresh.alert.id).not.toBe(alert.id)
})

test.each(['expected', 'false-positive'] as const)('closed as %s stays quiet for a day', async (reason) => {
  const { alert } = await count({ entity: reason })
  await closeAlert(database.db, alert.id, 'a@b', reason)
  const soon = await count({ entity: reason, lastSeen: Date.now() + 23 * HOUR_MS })
  expect(soon).toMatchObject({ outcome: 'muted', alert: { id: alert.id, state: 'closed', count: 2 } })
  expect((await count({ entity: reason, lastSeen: Date.now() + 25 * HOUR_MS })).outcome).toBe('opened')
})

test('states change as they may, and the trail says who did it', async () => {
  const { alert } = await count({ entity: 'states' })
  const { id } = alert
  expect(await acknowledgeAlert(database.db, id, 'ann@x')).toMatchObject({
    ok: true,
    alert: { state: 'acknowledged', actor: 'ann@x' },
  })
  expect(await acknowledgeAlert(database.db, id, 'bob@x')).toEqual({ ok: false, reason: 'conflict' })
  expect((await count({ entity: 'states' })).alert.state).toBe('acknowledged')
  const closed = await closeAlert(database.db, id, 'bob@x', 'duplicate', 'see the other')
  expect(closed).toMatchObject({
    ok: true,
    alert: { state: 'closed', closeReason: 'duplicate', closeNote: 'see the other' },
  })
  await count({ entity: 'states', lastSeen: Date.now() + 1000 })
  expect(await reopenAlert(database.db, id, 'bob@x')).toEqual({ ok: false, reason: 'conflict' })
  expect(await closeAlert(database.db, 'A-999999', 'x', 'expected')).toEqual({ ok: false, reason: 'not-found' })
  expect(await closeAlert(database.db, "A-1' OR 1=1", 'x', 'expected')).toEqual({ ok: false, reason: 'not-found' })
  const trail = await listAudit(database.db, { subject: id })
  expect(trail.rows.map(({ action, actor }) => [action, actor])).toEqual([
    ['alert.close', 'bob@x'],
    ['alert.acknowledge', 'ann@x'],
  ])
  expect(trail.rows[0].detail).toEqual({ reason: 'duplicate', note: 'see the other' })
})

test('a closed alert can be opened again', async () => {
  const { alert } = await count({ entity: 'again' })
  await closeAlert(database.db, alert.id, 'x', 'expected')
  expect(await reopenAlert(database.db, alert.id, 'x')).toMatchObject({
    ok: true,
    alert: { state: 'open', closeReason: null, closedAt: null },
  })
  expect((await count({ entity: 'again' })).outcome).toBe('updated')
})

test('an alert shows the findings it counted', async () => {
  const timeUs = Date.now() * 1000
  const finding = {
    findingId: 'scan:10.0.0.7:1',
    sensorId: one,
    kind: 'port-scan',
    timeUs,
    startUs: timeUs - 1e6,
    interface: 'eth0',
  }
  const rest = {
    entity: '10.0.0.7',
    target: '',
    score: 0.5,
    summary: 'Probed 30 ports',
    evidence: { distinct_ports: 30 },
    communityIds: ['1:a'],
    techniqueId: 'T1046',
  }
  await recordFinding(database.db, { ...finding, ...rest })
  const { alert } = await count({ entity: '10.0.0.7', findingId: finding.findingId, lastSeen: timeUs / 1000 })
  const expected = { ...finding, ...rest, hostname: 'one', alertId: alert.id }
  expect((await getAlert(database.db, alert.id))?.findings).toEqual([expected])
  expect(await listFindings(database.db, { from: 0, to: Date.now() + 1000 })).toEqual([expected])
  expect(await getAlert(database.db, 'A-0')).toBeUndefined()
})

test('lists filter, page and export what they say', async () => {
  for (let i = 0; i < 25; i++) {
    const lastSeen = Date.now() - 30 * 24 * HOUR_MS + (i % 5)
    await count({
      rule: 'listed',
      entity: `e_${i}`,
      severity: i % 2 ? 'low' : 'critical',
      lastSeen,
      sensorId: i % 3 ? one : other,
    })
  }
  const all = async (filter: AlertFilter) => {
    const rows: AlertRow[] = []
    let cursor: string | undefined
    do {
      const page = await listAlerts(database.db, filter, { cursor, limit: 4 })
      rows.push(...page.rows)
      cursor = page.nextCursor
    } while (cursor)
    return rows
  }
  const listed = await all({ rule: 'listed' })
  expect(new Set(listed.map((row) => row.id)).size).toBe(25)
  expect(listed.every((row, i) => i === 0 || row.lastSeen <= listed[i - 1].lastSeen)).toBe(true)
  expect(await all({ rule: 'listed', severity: 'low' })).toHaveLength(12)
  expect(await all({ rule: 'listed', severity: ['low', 'critical'], state: 'open' })).toHaveLength(25)
  expect(await all({ rule: 'listed', sensorId: other })).toHaveLength(9)
  expect((await all({ rule: 'listed', text: 'E_7' })).map((row) => row.entity)).toEqual(['e_7'])
  expect(await all({ text: listed[3].id.toLowerCase() })).toMatchObject([{ id: listed[3].id }])
  expect(await all({ rule: 'listed', from: Date.now() - HOUR_MS })).toEqual([])
  const exported: AlertRow[] = []
  for await (const rows of exportAlerts(database.db, { rule: 'listed' })) exported.push(...rows)
  expect(exported).toEqual(listed)
  const counts = await alertCounts(database.db)
  expect(counts.total).toBe(counts.open + counts.acknowledged + counts.closed)
  expect(Object.values(counts.bySeverity).reduce((sum, n) => sum + n, 0)).toBe(counts.open)
})

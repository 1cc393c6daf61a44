import { createHash } from 'node:crypto'
import {
  commitBatch,
  consumeToken,
  exportAlerts,
  exportFlows,
  getAlert,
  getJob,
  getSettings,
  listAudit,
  listFlows,
  listSensors,
  listTokens,
  openOrUpdateAlert,
  updateJob,
} from '@picket/store'
import { Records } from '@picket/proto'
import type { LiveEvent } from '@picket/store/live'
import type { CommandMessage, LearningJob, TrainJob } from '@picket/store/queues'
import { openTestDatabase, sampleFlows, type TestDatabase } from '@picket/store/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { alertCsvHead, alertCsvLine } from '../src/lib/export/alert.ts'
import { flowCsvHead, flowCsvLine } from '../src/lib/export/flow-csv.ts'
import { toEcsFlow } from '../src/lib/export/flow-ecs.ts'
import { readFlowRequest } from '../src/lib/flows/request.ts'
import { acknowledge, close, parseClose, reopen } from '../src/lib/server/actions/alerts.ts'
import type { ActionContext } from '../src/lib/server/actions/context.ts'
import { describeSensor, retireSensor } from '../src/lib/server/actions/sensors.ts'
import { saveSettings } from '../src/lib/server/actions/settings.ts'
import { issueToken, parseTokenForm, withdrawToken } from '../src/lib/server/actions/tokens.ts'
import { parseImportForm, parseJudgingForm, startImport, startJudging } from '../src/lib/server/actions/model-jobs.ts'
import {
  cancelTraining,
  parseTrainingForm,
  startTraining,
  type TrainQueue,
} from '../src/lib/server/actions/training.ts'
import { rowStream } from '../src/lib/server/download.ts'

const ACTOR = 'admin@picket.local'
const FINGERPRINT = 'f'.repeat(43)

let database: TestDatabase
let sensorId: string
let published: LiveEvent[]
let commanded: CommandMessage[]
let context: ActionContext

beforeAll(async () => {
  database = await openTestDatabase()
  sensorId = await database.addSensor('edge-01')
})
afterAll(() => database.close())
beforeEach(() => {
  published = []
  commanded = []
  context = {
    database: database.db,
    publish: async (event) => published.push(event),
    command: async (message) => commanded.push(message),
    actor: ACTOR,
  }
})

const form = (entries: Record<string, string | string[]>): FormData => {
  const data = new FormData()
  for (const [name, value] of Object.entries(entries)) for (const each of [value].flat()) data.append(name, each)
  return data
}

const lastAudit = async () => (await listAudit(database.db, {}, { limit: 1 })).rows[0]

describe('alerts', () => {
  const open = async (entity: string) => {
    const evidence = { rule: 'port-scan', entity, severity: 'high', title: `=${entity} scans`, score: 0.9 } as const
    return (await openOrUpdateAlert(database.db, { ...evidence, sensorId, lastSeen: Date.now() })).alert
  }

  it('are acknowledged, closed with a reason and reopened, each in the audit trail and on every page', async () => {
    const { id } = await open('192.0.2.1')
    expect(await acknowledge(context, id)).toMatchObject({ ok: true, alert: { state: 'acknowledged', actor: ACTOR } })
    expect(await lastAudit()).toMatchObject({ actor: ACTOR, action: 'alert.acknowledge', subject: id })

    const decision = parseClose(form({ reason: 'expected', note: ' The lab scanner ' }))
    if (!decision.ok) throw new Error('the form is right')
    await close(context, id, decision)
    expect(await getAlert(database.db, id)).toMatchObject({
      state: 'closed',
      closeReason: 'expected',
      closeNote: 'The lab scanner',
    })
    expect(await lastAudit()).toMatchObject({
      action: 'alert.close',
      detail: { reason: 'expected', note: 'The lab scanner' },
    })

    await reopen(context, id)
    expect(await getAlert(database.db, id)).toMatchObject({ state: 'open', closeReason: null, closeNote: '' })
    expect(published.map((event) => event.type === 'alert' && event.alert.state)).toEqual([
      'acknowledged',
      'closed',
      'open',
    ])
  })

  it('that somebody else changed are left alone, and nothing is told', async () => {
    const { id } = await open('192.0.2.2')
    await acknowledge(context, id)
    expect(await acknowledge(context, id)).toEqual({ ok: false, reason: 'conflict' })
    expect(await acknowledge(context, 'A-999999')).toEqual({ ok: false, reason: 'not-found' })
    expect(await acknowledge(context, "A-1'; DROP TABLE alerts")).toEqual({ ok: false, reason: 'not-found' })
    expect(published).toHaveLength(1)
  })

  it('need a reason to be closed', () => {
    expect(parseClose(form({ note: 'x' }))).toEqual({ ok: false, mistakes: { reason: 'Choose a reason' } })
    expect(parseClose(form({ reason: 'because' })).ok).toBe(false)
    expect(parseClose(form({ reason: 'duplicate', note: 'x'.repeat(2001) })).ok).toBe(false)
  })

  it('are exported with titles that no spreadsheet runs', async () => {
    const body = rowStream(exportAlerts(database.db, { entity: '192.0.2.1' }), alertCsvLine, alertCsvHead())
    const [head, line] = (await new Response(body).text()).split('\r\n')
    expect(head).toMatch(/^id,severity,state,rule,title,entity/)
    expect(line).toContain("port-scan,'=192.0.2.1 scans,192.0.2.1,edge-01")
  })
})

describe('tokens', () => {
  const issue = async () => {
    const parsed = parseTokenForm(form({ minutes: '60', labels: 'env=prod' }))
    if (!parsed.ok) throw new Error('the form is right')
    return issueToken(context, FINGERPRINT, parsed.value)
  }

  it('are stored as a hash only, and the store takes the secret of the text once', async () => {
    const { text, token } = await issue()
    const secret = text.slice(8, 51)
    const hash = createHash('sha256').update(secret, 'utf8').digest()
    const everything = JSON.stringify([await listTokens(database.db), await listAudit(database.db)])
    expect(everything).not.toContain(secret)
    expect(commanded).toEqual([{ type: 'token-created' }])
    expect(await lastAudit()).toMatchObject({ action: 'token.create', subject: `token ${token.id}` })

    const use = () => database.db.transaction((tx) => consumeToken(tx, hash))
    expect(await use()).toEqual({ ok: true, tokenId: token.id, labels: { env: 'prod' } })
    expect(await use()).toEqual({ ok: false, reason: 'used' })
    expect(await withdrawToken(context, token.id)).toBe(false)
  })

  it('that were revoked enrol nobody', async () => {
    const { text, token } = await issue()
    expect(await withdrawToken(context, token.id)).toBe(true)
    const hash = createHash('sha256').update(text.slice(8, 51), 'utf8').digest()
    expect(await consumeToken(database.db, hash)).toEqual({ ok: false, reason: 'revoked' })
  })

  it('are refused with every mistake by its field', () => {
    expect(parseTokenForm(form({ minutes: '1', labels: 'prod' }))).toEqual({
      ok: false,
      mistakes: {
        minutes: 'Choose how long the token is valid',
        labels: '“prod” is not a label: write key=value, for example env=prod',
      },
    })
  })
})

describe('sensors', () => {
  it('are named, labelled and removed; the collector hears of the removal', async () => {
    const id = await database.addSensor('branch-02')
    await describeSensor(context, id, { name: 'Branch', labels: { site: 'waw' } })
    const named = (await listSensors(database.db)).find((sensor) => sensor.sensorId === id)
    expect(named).toMatchObject({ name: 'Branch', hostname: 'branch-02', labels: { site: 'waw' } })

    await retireSensor(context, id, 'branch-02')
    const retired = (await listSensors(database.db)).find((sensor) => sensor.sensorId === id)
    expect(retired?.state).toBe('retired')
    expect(commanded).toEqual([{ type: 'sensor-removed', sensorId: id }])
    expect(published).toMatchObject([{ type: 'sensor', sensorId: id, state: 'retired' }])
    expect(await lastAudit()).toMatchObject({ action: 'sensor.remove', subject: id })
  })
})

describe('settings', () => {
  it('store what changed and nothing else', async () => {
    const before = await getSettings(database.db)
    expect(await saveSettings(context, before)).toMatchObject({ changed: 0, settings: { revision: before.revision } })
    expect(commanded).toEqual([])

    const wanted = { ...before, scanThreshold: 77, retentionDays: { ...before.retentionDays, flows: 9 } }
    expect(await saveSettings(context, wanted)).toMatchObject({ changed: 2, settings: { scanThreshold: 77 } })
    expect(commanded).toEqual([{ type: 'settings-changed' }])
    expect(await lastAudit()).toMatchObject({
      action: 'settings.update',
      detail: { scanThreshold: 77, retentionDays: { flows: 9 } },
    })
  })
})

describe('training', () => {
  const queued: { data: LearningJob; jobId: string }[] = []
  const removed: string[] = []
  const queue: TrainQueue = {
    add: async (_name, data, { jobId }) => queued.push({ data, jobId }),
    remove: async (jobId) => removed.push(jobId),
  }
  const start = (entries: Record<string, string | string[]>, to = queue) => {
    const parsed = parseTrainingForm(form(entries))
    if (!parsed.ok) throw new Error('the form is right')
    return startTraining(context, to, parsed.value)
  }

  it('measures, backtests and imports by jobs of their kinds; what is typed wrong is told by field', async () => {
    const judging = parseJudgingForm(form({ kind: 'backtest', modelId: 'anomaly-forest-1', hours: '0' }))
    if (!judging.ok) throw new Error('the form is right')
    const backtest = await startJudging(context, queue, judging.value)
    expect(queued.at(-1)?.data).toEqual({
      kind: 'backtest',
      modelId: 'anomaly-forest-1',
      jobId: backtest.id,
      requestedBy: ACTOR,
    })
    const asked = parseImportForm(form({ format: 'captures', files: 'a.pcap, b.pcap', labels: '', mapping: '' }))
    if (!asked.ok) throw new Error('the form is right')
    const imported = await startImport(context, queue, asked.value)
    expect(await getJob(database.db, imported.id)).toMatchObject({
      kind: 'import',
      params: { format: 'captures', files: ['a.pcap', 'b.pcap'] },
    })
    expect(await lastAudit()).toMatchObject({ action: 'model.import', subject: imported.id })
    expect(parseImportForm(form({ format: 'csv', files: '../secret' }))).toMatchObject({
      ok: false,
      mistakes: { files: expect.stringContaining('imports') },
    })
    expect(parseImportForm(form({ format: 'csv', files: 'a.csv' }))).toMatchObject({
      mistakes: { mapping: 'A table of your own needs a mapping' },
    })
  })

  it('is a row and a queued job of the same name, and can be cancelled', async () => {
    const job = await start({ kind: ['anomaly-forest', 'traffic-classifier'], hours: '24' })
    expect(queued.at(-1)).toMatchObject({
      jobId: job.id,
      data: { jobId: job.id, kinds: ['anomaly-forest', 'traffic-classifier'], requestedBy: ACTOR },
    })
    const { from } = queued.at(-1)!.data as TrainJob
    expect(Date.parse(from ?? '')).toBeLessThan(Date.now() - 86_000_000)
    expect(await getJob(database.db, job.id)).toMatchObject({ state: 'queued', createdBy: ACTOR })

    expect(await cancelTraining(context, queue, job.id)).toBe('cancelled')
    expect(removed).toEqual([job.id])
    expect(await getJob(database.db, job.id)).toMatchObject({ state: 'cancelled' })
    expect(await cancelTraining(context, queue, job.id)).toBe('over')
    expect(published.map((event) => event.type === 'job' && event.state)).toEqual(['queued', 'cancelled'])
  })

  it('says what an autoencoder reads, and nothing of it to other kinds', async () => {
    await start({ kind: ['anomaly-autoencoder'], hours: '24', autoencoder: 'sequence' })
    expect(queued.at(-1)!.data).toMatchObject({ kinds: ['anomaly-autoencoder'], autoencoder: 'sequence' })
    await start({ kind: ['anomaly-forest'], hours: '24', autoencoder: 'sequence' })
    expect(queued.at(-1)!.data).not.toHaveProperty('autoencoder')
  })

  it('that cannot be queued does not look like waiting', async () => {
    const away: TrainQueue = { add: () => Promise.reject(new Error('away')), remove: async () => 0 }
    await expect(start({ kind: 'anomaly-forest', hours: '0' }, away)).rejects.toThrow('away')
    const { rows } = await database.db.query<{ id: string }>("SELECT id FROM jobs WHERE state = 'failed'")
    expect(rows).toHaveLength(1)
  })

  it('that is over cannot be cancelled, and kinds nobody trains are refused', async () => {
    const job = await start({ kind: 'traffic-classifier', hours: '0' })
    await updateJob(database.db, job.id, { state: 'completed' })
    expect(await cancelTraining(context, queue, job.id)).toBe('over')
    expect(await cancelTraining(context, queue, 'no-such-job')).toBe('not-found')
    expect(parseTrainingForm(form({ kind: 'anomaly-autoencoder', hours: '5' }))).toMatchObject({ ok: false })
    expect(parseTrainingForm(form({ hours: '24' }))).toMatchObject({
      ok: false,
      mistakes: { kinds: 'Choose at least one kind of model' },
    })
  })
})

describe('flows', () => {
  const untilUs = Date.now() * 1000

  beforeAll(async () => {
    const flows = sampleFlows({ count: 700, untilUs, spanUs: 600_000_000 })
    const records = Records.fromPartial({ flows })
    await commitBatch(database.db, { sensorId, epoch: 1, sequence: 1, records, receivedAt: Date.now() })
  })

  const request = (search: string) =>
    readFlowRequest(new URL(`http://localhost/flows?from=now-1h&to=now&${search}`), Date.now() + 1000)

  it('are exported exactly as filtered, whatever the page shows', async () => {
    const { filter } = request('transport=udp')
    const shown = await listFlows(database.db, filter, { limit: 1000 })
    const body = rowStream(exportFlows(database.db, filter), flowCsvLine, flowCsvHead())
    const lines = (await new Response(body).text()).trimEnd().split('\r\n')
    expect(shown.rows.length).toBeGreaterThan(10)
    expect(lines).toHaveLength(shown.rows.length + 1)
    expect(lines.slice(1).every((line) => line.includes(',udp,'))).toBe(true)
  })

  it('export every row once over many pages', async () => {
    const { filter } = request('')
    const body = rowStream(exportFlows(database.db, filter), (flow) => `${JSON.stringify(toEcsFlow(flow))}\n`)
    const documents = (await new Response(body).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(documents).toHaveLength(700)
    expect(new Set(documents.map((document) => document.network.community_id)).size).toBe(700)
  })
})

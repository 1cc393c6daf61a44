import { Flow, Records } from '@picket/proto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitBatch, InvalidFilterError, type FlowFilter, type FlowRow, type FlowSort } from '../index.ts'
import { openTestDatabase, sampleFlows, type TestDatabase } from '../testing/index.ts'
import { anomalyThresholds } from './anomaly-threshold.ts'
import { classShares } from './class-shares.ts'
import { exportFlows } from './export-flows.ts'
import { flowHistogram } from './flow-histogram.ts'
import { getFlow, listFlows } from './list-flows.ts'
import { timeSlices } from './time-slices.ts'
import { trainingFlows } from './training-flows.ts'

const NOW = Date.now()
const SPAN = { from: NOW - 600_000, to: NOW + 1000 }
const COUNT = 1200
let database: TestDatabase
let all: FlowRow[]
let sensors: string[]

beforeAll(async () => {
  database = await openTestDatabase()
  sensors = [await database.addSensor('web-1'), await database.addSensor('db_2')]
  const flows = sampleFlows({ count: COUNT, untilUs: NOW * 1000, spanUs: 500_000_000 })
  // Equal ends and sizes, so that pages must be cut by id as well.
  for (const flow of flows.slice(0, 40))
    Object.assign(flow, { endUs: flows[40].endUs, forward: flows[40].forward, reverse: undefined })
  flows[5].hostName = '100%_off.example'
  flows[6] = Flow.fromPartial({
    ...flows[6],
    sourceAddress: Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Uint8Array(12)]),
  })
  flows[7] = Flow.fromPartial({
    ...flows[7],
    sourceAddress: new Uint8Array(),
    destinationAddress: new Uint8Array(),
    anomaly: undefined,
  })
  for (const [i, sensorId] of sensors.entries()) {
    const records = Records.fromPartial({ flows: flows.filter((_, n) => n % 2 === i) })
    const features = (flow: Flow) => Float32Array.of(flow.endUs % 1000, Number.NaN)
    await commitBatch(database.db, { sensorId, epoch: 1, sequence: 1, records, receivedAt: NOW, features })
  }
  all = []
  for await (const rows of exportFlows(database.db, SPAN)) all.push(...rows)
})
afterAll(() => database?.close())

async function pages(filter: Partial<FlowFilter>, sort: FlowSort = 'end', limit = 97): Promise<FlowRow[]> {
  const rows: FlowRow[] = []
  let cursor: string | undefined
  do {
    const page = await listFlows(database.db, { ...SPAN, ...filter }, { cursor, limit, sort })
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    rows.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor)
  return rows
}

const ids = (rows: FlowRow[]) => rows.map((row) => row.id).sort((a, b) => a - b)

test('an export gives every row once, latest first', () => {
  expect(all).toHaveLength(COUNT)
  expect(new Set(ids(all)).size).toBe(COUNT)
  expect(all.every((row, i) => i === 0 || row.endUs <= all[i - 1].endUs)).toBe(true)
})

test.each<[FlowSort, (row: FlowRow) => number | null]>([
  ['end', (row) => row.endUs],
  ['start', (row) => row.startUs],
  ['octets', (row) => row.octets],
  ['anomaly', (row) => row.anomaly],
])('pages sorted by %s miss nothing and repeat nothing', async (sort, value) => {
  const rows = await pages({}, sort)
  const expected = all.filter((row) => value(row) !== null)
  expect(ids(rows)).toEqual(ids(expected))
  expect(rows.every((row, i) => i === 0 || value(row)! <= value(rows[i - 1])!)).toBe(true)
})

const inNetwork = (address: string | null) => address?.startsWith('10.0.1.') ?? false
const contains = (text: string | null | undefined, part: string) => text?.toLowerCase().includes(part) ?? false

describe('a filter gives what it says and nothing else', () => {
  const cases: [string, () => Partial<FlowFilter>, (row: FlowRow) => boolean][] = [
    ['sensor', () => ({ sensorId: sensors[1] }), (row) => row.sensorId === sensors[1]],
    [
      'address',
      () => ({ address: all[3].sourceAddress! }),
      (row) => [row.sourceAddress, row.destinationAddress].includes(all[3].sourceAddress),
    ],
    [
      'network',
      () => ({ address: '10.0.1.0/24' }),
      (row) => inNetwork(row.sourceAddress) || inNetwork(row.destinationAddress),
    ],
    ['IPv6 network', () => ({ address: '2001:db8::/32' }), (row) => contains(row.sourceAddress, '2001:db8')],
    ['port', () => ({ port: 53 }), (row) => row.destinationPort === 53 || row.sourcePort === 53],
    ['protocol', () => ({ protocol: 17 }), (row) => row.protocol === 17],
    ['protocol name', () => ({ protocolName: 'TLS' }), (row) => row.protocolName === 'tls'],
    ['class', () => ({ class: 'video' }), (row) => row.class === 'video'],
    ['a class never seen', () => ({ class: 'gaming' }), () => false],
    ['part of a host name', () => ({ host: 'EXAMPLE.com' }), (row) => contains(row.hostName, 'example.com')],
    ['part of a sensor’s name', () => ({ host: 'WEB-' }), (row) => row.hostname === 'web-1'],
    ['signs that LIKE knows', () => ({ host: '%_off' }), (row) => row.hostName === '100%_off.example'],
    ['an underscore', () => ({ host: 'b_2' }), (row) => row.hostname === 'db_2'],
    ['anomaly', () => ({ minAnomaly: 0.9 }), (row) => (row.anomaly ?? 0) >= 0.9],
    ['Community ID', () => ({ communityId: all[9].communityId }), (row) => row.communityId === all[9].communityId],
    ['text: a word', () => ({ text: 'vide' }), (row) => contains(row.class, 'vide') || contains(row.hostName, 'vide')],
    [
      'text: a network',
      () => ({ text: ' 10.0.1.0/24 ' }),
      (row) => inNetwork(row.sourceAddress) || inNetwork(row.destinationAddress),
    ],
    ['text: a Community ID', () => ({ text: all[9].communityId }), (row) => row.communityId === all[9].communityId],
    ['text: nothing has it', () => ({ text: "'; DROP TABLE flows; --" }), () => false],
    [
      'several at once',
      () => ({ class: 'web', port: 443, minAnomaly: 0.1 }),
      (row) => row.class === 'web' && row.destinationPort === 443 && (row.anomaly ?? 0) >= 0.1,
    ],
    ['empty fields', () => ({ class: '', host: '', text: ' ', address: '', sensorId: '' }), () => true],
    ['a shorter range', () => ({ from: NOW - 100_000 }), (row) => row.endUs >= (NOW - 100_000) * 1000],
  ]
  test.each(cases)('%s', async (_name, filter, matches) => {
    expect(ids(await pages(filter()))).toEqual(ids(all.filter(matches)))
  })
})

test.each<[string, Partial<FlowFilter>, object]>([
  ['address', { address: '10.0.0' }, {}],
  ['prefix', { address: '10.0.0.0/33' }, {}],
  ['sensor', { sensorId: 'x' }, {}],
  ['port', { port: 70_000 }, {}],
  ['time', { from: 'yesterday' }, {}],
  ['sort', {}, { sort: 'size' }],
  ['cursor', {}, { cursor: 'e30' }],
])('a wrong %s is told as such', async (_name, filter, page) => {
  await expect(listFlows(database.db, { ...SPAN, ...filter }, page)).rejects.toBeInstanceOf(InvalidFilterError)
})

test('one flow by its number, with and without its end', async () => {
  const [row] = all
  expect(await getFlow(database.db, { id: row.id })).toMatchObject(row)
  expect(await getFlow(database.db, row)).toMatchObject(row)
  expect(await getFlow(database.db, { id: 1e12 })).toBeUndefined()
})

test('a histogram counts what a list gives, from rows and from aggregates', async () => {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  for (const filter of [{}, { class: 'web' }, { port: 53 }, { sensorId: sensors[0] }]) {
    const rows = await pages(filter)
    for (const points of [5, 600]) {
      const histogram = await flowHistogram(database.db, { ...SPAN, ...filter }, points)
      expect(sum(histogram.flows)).toBe(rows.length)
      expect(sum(histogram.octets)).toBe(sum(rows.map((row) => row.octets)))
      expect(histogram.t).toHaveLength(histogram.flows.length)
    }
  }
  const shares = await classShares(database.db, SPAN)
  expect(sum(shares.map((row) => row.flows))).toBe(COUNT)
})

test('training rows are drawn by the seed alone', async () => {
  const draw = async (seed: number, limit: number, labelled = false) => {
    const rows = []
    for await (const chunk of trainingFlows(database.db, { seed, limit, featureSetVersion: 1, labelled }))
      rows.push(...chunk)
    return rows
  }
  const [one, again, other] = [await draw(1, 100), await draw(1, 100), await draw(2, 100)]
  expect(one.map((row) => row.id)).toEqual(again.map((row) => row.id))
  expect(one.map((row) => row.id)).not.toEqual(other.map((row) => row.id))
  expect(new Set(one.map((row) => row.id)).size).toBe(100)
  expect(one[0].features).toBeInstanceOf(Float32Array)
  expect(one[0].features[1]).toBeNaN()
  expect(await draw(1, 5000)).toHaveLength(COUNT)
  const labelled = await draw(1, 5000, true)
  expect(labelled).toHaveLength(all.filter((row) => row.class !== '').length)
})

test('a threshold is solved by interface for so many a day; too short a time keeps the one that is set', async () => {
  const short = await anomalyThresholds(database.db, { aDay: 10, threshold: 0.5 })
  expect(short.map(({ isSolved, threshold }) => [isSolved, threshold])).toEqual([
    [false, 0.5],
    [false, 0.5],
  ])
  const flows = sampleFlows({ count: 200, untilUs: NOW * 1000 - 7_200_000_000, spanUs: 1_000_000, seed: 9 })
  const records = Records.fromPartial({ flows })
  await commitBatch(database.db, { sensorId: sensors[0], epoch: 2, sequence: 1, records, receivedAt: NOW })
  const [other, solved] = await anomalyThresholds(database.db, { aDay: 240, threshold: 0.5 })
  expect(solved).toMatchObject({ sensorId: sensors[0], hostname: 'web-1', interface: 'eth0', isSolved: true })
  expect(other).toMatchObject({ sensorId: sensors[1], isSolved: false, threshold: 0.5 })
  expect(solved.days).toBeCloseTo(2 / 24, 2)
  const wanted = 240 * solved.days
  const anomalies = [
    ...all.filter(({ sensorId }) => sensorId === sensors[0]).map(({ anomaly }) => anomaly ?? -1),
    ...flows.map(({ anomaly }) => Math.fround(anomaly ?? -1)),
  ]
  const reached = anomalies.filter((anomaly) => anomaly >= solved.threshold!).length
  expect(solved.fired).toBe(reached)
  expect(reached).toBeLessThanOrEqual(wanted)
  expect(reached).toBeGreaterThan(wanted - 5)
  const byHand = await anomalyThresholds(database.db, { aDay: 0, threshold: 0.9 })
  expect(byHand[0]).toMatchObject({ isSolved: false, threshold: expect.closeTo(0.9, 6) })
  expect(byHand.find(({ sensorId }) => sensorId === sensors[0])?.fired).toBe(
    anomalies.filter((anomaly) => anomaly >= 0.9).length,
  )
  const none = await anomalyThresholds(database.db, { aDay: 1, threshold: 0.9 })
  expect(none.find(({ isSolved }) => isSolved)).toMatchObject({ threshold: null, fired: 0 })
})

test('of more flows than somebody waits for the highest anomalies are read, and of those a part of the time', async () => {
  const read = { flows: 300, most: 100_000 }
  const exact = await anomalyThresholds(database.db, { aDay: 240, threshold: 0.5 })
  const tail = await anomalyThresholds(database.db, { aDay: 240, threshold: 0.5 }, read)
  expect(exact.map(({ isEstimated }) => isEstimated)).toEqual([false, false])
  expect(tail).toEqual(exact)
  const many = { aDay: 6000, threshold: 0.9 }
  const [reached] = await anomalyThresholds(database.db, many)
  const [estimated] = (await anomalyThresholds(database.db, many, { flows: 10, most: 100 })).filter(
    (row) => row.isSolved,
  )
  expect(estimated).toMatchObject({ isEstimated: true, flows: reached.flows })
  expect(Math.abs(estimated.fired - 6000 * estimated.days)).toBeLessThan(0.2 * 6000 * estimated.days)
})

test('few rows of many are drawn from equal parts of equal stretches of the time', async () => {
  const request = { from: SPAN.from, to: SPAN.to, limit: 10, seed: 1, featureSetVersion: 1 }
  const [first, last] = [all.at(-1)!.endUs, all[0].endUs]
  expect(await timeSlices(database.db, request, 1e6)).toEqual([{ fromUs: first, toUs: last + 1 }])
  const slices = await timeSlices(database.db, request, 120)
  expect(slices).toHaveLength(48)
  const lengths = slices.map(({ fromUs, toUs }) => toUs - fromUs)
  expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(2)
  expect(slices[0].fromUs).toBeGreaterThanOrEqual(first)
  expect(slices[47].toUs).toBeLessThanOrEqual(last + 1)
  expect(await timeSlices(database.db, request, 120)).toEqual(slices)
  expect(await timeSlices(database.db, { ...request, seed: 2 }, 120)).not.toEqual(slices)
  const empty = { ...request, from: NOW - 9e8, to: NOW - 8e8 }
  expect(await timeSlices(database.db, empty, 120)).toEqual([])
})

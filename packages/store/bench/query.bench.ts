// How fast pages read a store of many flows. One JSON object a line.
// node packages/store/bench/query.bench.ts [--flows 1000000] [--runs 20]
// PICKET_BENCH_URL=<url> measures a database that was filled by an earlier run.
import { parseArgs } from 'node:util'
import { Records } from '@picket/proto'
import * as store from '../src/index.ts'
import { openTestDatabase } from '../src/testing/index.ts'
import { sampleFlows } from '../src/testing/sample-flows.ts'

const { values } = parseArgs({
  options: { flows: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '20' } },
})
const BATCH = 2000
const SPAN_MS = 20 * 3_600_000
const print = (line: object) => console.log(JSON.stringify({ bench: 'store-query', ...line }))

/** Spreads flows over 20 hours and four hosts, with a few rare things to look for. */
async function fill(db: store.Database, sensors: string[], count: number): Promise<void> {
  const started = performance.now()
  const now = Date.now()
  const features = Float32Array.from({ length: 45 }, (_, i) => i * 1.37)
  const batches = Math.ceil(count / BATCH)
  for (let i = 0; i < batches; i++) {
    const untilMs = now - SPAN_MS + (SPAN_MS * (i + 1)) / batches
    const flows = sampleFlows({
      count: BATCH,
      untilUs: untilMs * 1000,
      spanUs: (SPAN_MS * 1000) / batches,
      seed: i + 1,
    })
    flows[3].hostName = `h${i}.cdn.example.com`
    if (i % 50 === 0) {
      const rare = {
        class: 'gaming',
        hostName: 'rare.example.net',
        destinationPort: 3389,
        destinationAddress: Uint8Array.of(203, 0, 113, 9),
      }
      Object.assign(flows[7], rare)
    }
    const interfaceSamples = Array.from({ length: 40 }, (_, k) => ({
      interface: 'eth0',
      timeUs: Math.round((untilMs - k * 1000) * 1000),
      spanUs: 1_000_000,
      receivedOctets: 100_000,
      sentOctets: 10_000,
      receivedPackets: 100,
      sentPackets: 10,
      capturedPackets: 100,
    }))
    await store.commitBatch(db, {
      sensorId: sensors[i % sensors.length],
      epoch: 1,
      sequence: i + 1,
      records: Records.fromPartial({ flows, interfaceSamples }),
      receivedAt: now,
      features: () => features,
    })
    if (i > 0 && i % 100 === 0) await store.runMaintenance(db)
  }
  print({
    step: 'fill',
    flows: batches * BATCH,
    flowsPerSecond: Math.round((batches * BATCH) / ((performance.now() - started) / 1000)),
  })
}

const existing = process.env.PICKET_BENCH_URL
const opened = existing ? undefined : await openTestDatabase({ durable: true })
const db = opened?.db ?? store.openDatabase(existing!)
if (opened) {
  const sensors = await Promise.all(['web-1', 'db-1', 'edge-1', 'app-1'].map((name) => opened.addSensor(name)))
  await fill(db, sensors, Number(values.flows))
}
const maintenance = await store.runMaintenance(db)
for (const { task, ms } of maintenance.ran) if (ms > 100) print({ step: 'maintenance', task, ms })

const [{ sensorId }] = await store.listSensors(db)
const newest = (await db.query<{ t: number }>('SELECT max(end_time) AS t FROM flows')).rows[0].t
const day = { from: newest - 24 * 3_600_000, to: newest + 1000 }
const hour = { from: newest - 3_600_000, to: newest + 1000 }
const list =
  (filter: Partial<store.FlowFilter>, page: store.FlowPageRequest = {}) =>
  () =>
    store.listFlows(db, { ...day, ...filter }, { limit: 200, ...page })
const [first] = (await list({})()).rows
const deep = async () => {
  const page = await store.listFlows(db, { ...day, to: newest - 10 * 3_600_000 }, { limit: 200 })
  return page.nextCursor
}
const cursor = await deep()

const queries: Record<string, () => Promise<unknown>> = {
  'flows: newest': list({}),
  'flows: page in the middle': list({}, { cursor }),
  'flows: one host': list({ sensorId }),
  'flows: one address': list({ address: first.sourceAddress! }),
  'flows: rare address': list({ address: '203.0.113.9' }),
  'flows: network /24': list({ address: '198.51.7.0/24' }),
  'flows: network absent': list({ address: '192.0.2.0/24' }),
  'flows: port 443': list({ port: 443 }),
  'flows: rare port': list({ port: 3389 }),
  'flows: part of host name': list({ host: 'example.com' }),
  'flows: part of rare host name': list({ host: 'rare' }),
  'flows: class': list({ class: 'video' }),
  'flows: rare class': list({ class: 'gaming' }),
  'flows: absent class': list({ class: 'scan' }),
  'flows: protocol': list({ protocol: 17 }),
  'flows: absent protocol': list({ protocol: 47 }),
  'flows: protocol name': list({ protocolName: 'tls' }),
  'flows: Community ID': list({ communityId: first.communityId }),
  'flows: anomaly over 0.95': list({ minAnomaly: 0.95 }),
  'flows: sorted by octets': list({}, { sort: 'octets' }),
  'flows: sorted by anomaly': list({}, { sort: 'anomaly' }),
  'flows: sorted by start': list({}, { sort: 'start' }),
  'flows: sorted by start, an hour': () => store.listFlows(db, hour, { limit: 200, sort: 'start' }),
  'flows: sorted by octets, an hour': () => store.listFlows(db, hour, { limit: 200, sort: 'octets' }),
  'flows: text': list({ text: 'rare' }),
  'flow by id': () => store.getFlow(db, { id: first.id }),
  'flow by id and end': () => store.getFlow(db, first),
  'histogram, a day': () => store.flowHistogram(db, day),
  'histogram, an hour': () => store.flowHistogram(db, hour),
  'histogram, a day, filtered': () => store.flowHistogram(db, { ...day, port: 3389 }),
  'histogram, an hour, filtered': () => store.flowHistogram(db, { ...hour, port: 443 }),
  'overview, an hour': () => store.overview(db, hour),
  'overview, a day': () => store.overview(db, day),
  hosts: () => store.listHosts(db),
  interfaces: () => store.listInterfaces(db),
  'interface series, 15 min': () => store.interfaceSeries(db, { from: newest - 900_000, to: newest }),
  'interface series, a day': () => store.interfaceSeries(db, day),
  'class shares, a day': () => store.classShares(db, day),
  'talkers, 15 min': () => store.topTalkers(db, { from: newest - 900_000, to: newest }),
  'talkers, an hour': () => store.topTalkers(db, hour),
  'talkers, a day': () => store.topTalkers(db, day),
}
const runs = Number(values.runs)
for (const [query, run] of Object.entries(queries)) {
  const took: number[] = []
  for (let i = 0; i < runs && took.reduce((sum, ms) => sum + ms, 0) < 20_000; i++) {
    const started = performance.now()
    await run()
    took.push(performance.now() - started)
  }
  took.sort((a, b) => a - b)
  const at = (share: number) => Number(took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(1))
  print({ query, runs: took.length, p50: at(0.5), p95: at(0.95) })
}
await (opened ? opened.close() : db.close())

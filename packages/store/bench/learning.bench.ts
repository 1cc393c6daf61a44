// How long a person waits for what learning reads from a store of millions of flows, and the processor time of it, the engine's included
// where this process started it. One JSON object a line.
// node packages/store/bench/learning.bench.ts [--flows 2000000] [--runs 5]
// PICKET_BENCH_URL=<url> measures a database that was filled by an earlier run.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as store from '../src/index.ts'
import { openTestDatabase } from '../src/testing/index.ts'

const { values } = parseArgs({
  options: { flows: { type: 'string', default: '2000000' }, runs: { type: 'string', default: '5' } },
})
const HOSTS = 8
const DAYS = 7
const DAY_MS = 86_400_000
/** Of the feature set of the rows. */
const VERSION = 3
const COLUMNS = 101
const print = (line: object) => console.log(JSON.stringify({ bench: 'learning', ...line }))

/** Flows of one day, evenly over it, of all hosts and two interfaces each; anomalies are even, features of 64 kinds. */
async function fillDay(db: store.Database, day: { from: number; flows: number; hosts: string[] }): Promise<void> {
  await db.query(
    `WITH kinds AS MATERIALIZED (
       SELECT kind, array_agg((1000 * abs(sin(kind * 101 + f)))::real) AS features
       FROM generate_series(0, 63) kind, generate_series(1, ${COLUMNS}) f GROUP BY kind
     )
     INSERT INTO flows (end_time, start_time, sensor_id, interface, source_address, destination_address, source_port,
       destination_port, protocol, ether_type, community_id, end_reason, forward_packets, forward_octets, reverse_packets,
       reverse_octets, packets, octets, protocol_name, host_name, application, class, class_confidence, class_source, anomaly,
       anomaly_model_id, continued, feature_set_version, features)
     SELECT t, t - interval '1 second', ($3::uuid[])[1 + i % ${HOSTS}], 'eth' || (i / ${HOSTS}) % 2,
       inet '10.0.0.0' + i % 1000, inet '198.51.0.0' + (i * 7919) % 20000, 1024 + i % 60000, 443, 6, 2048, '1:' || md5(i::text), 2,
       10, 1500, 10, 9000, 20, 10500, 'tls', 'h' || i % 500 || '.example.com', '', CASE WHEN i % 50 = 0 THEN 'scan' ELSE 'web' END,
       0.9, 2, (i * 0.61803398875) % 1, 'anomaly-forest-1', false, ${VERSION}, kinds.features
     FROM generate_series(0, $2::bigint - 1) i
     CROSS JOIN LATERAL (SELECT to_timestamp($1::float8 / 1000 + i * 86400.0 / $2) AS t) moment
     JOIN kinds ON kind = (i / 3) % 64`,
    [day.from, day.flows, day.hosts],
  )
}

async function fill(db: store.Database, hosts: string[], count: number): Promise<void> {
  const started = performance.now()
  for (let day = DAYS; day > 0; day--) {
    await fillDay(db, { from: Date.now() - day * DAY_MS, flows: Math.floor(count / DAYS), hosts })
    await store.runMaintenance(db)
  }
  // As it is where the policy has run for longer than the hours it waits.
  await db.query(`CALL refresh_continuous_aggregate('flow_hours', NULL, now() - interval '1 hour')`)
  print({ step: 'fill', flows: count, seconds: Math.round((performance.now() - started) / 1000) })
}

const existing = process.env.PICKET_BENCH_URL
const opened = existing ? undefined : await openTestDatabase()
const db = opened?.db ?? store.openDatabase(existing!)
if (opened) {
  const names = Array.from({ length: HOSTS }, (_, i) => `host-${i + 1}`)
  await fill(db, await Promise.all(names.map((name) => opened.addSensor(name))), Number(values.flows))
}
const [{ sensorId }] = await store.listSensors(db)
const week = { from: new Date(Date.now() - DAYS * DAY_MS).toISOString(), to: new Date().toISOString() }
const day = { ...week, from: new Date(Date.now() - DAY_MS).toISOString() }
const draw = (request: Partial<store.TrainingRequest>) => async () => {
  let rows = 0
  const all = { ...week, limit: 4_000, seed: 1, featureSetVersion: VERSION, ...request }
  for await (const page of store.trainingFlows(db, all)) rows += page.length
  return rows
}
const questions: Record<string, () => Promise<unknown>> = {
  'preview, 5 a day': () => store.anomalyThresholds(db, { aDay: 5, threshold: 0.99 }),
  'preview, 1,000 a day': () => store.anomalyThresholds(db, { aDay: 1000, threshold: 0.99 }),
  'preview, a threshold': () => store.anomalyThresholds(db, { aDay: 0, threshold: 0.99 }),
  'preview, a low threshold': () => store.anomalyThresholds(db, { aDay: 0, threshold: 0.5 }),
  'a model on a host, a week': draw({ sensorId }),
  'a model on a host in use, a day': draw({ ...day, sensorId }),
  'evaluation, 20,000 flows': draw({ limit: 20_000 }),
  'training, 100,000 flows': draw({ limit: 100_000 }),
  'span of the flows': () => store.flowSpan(db, week),
  'flows of a host, counted': () => store.countFlows(db, { ...week, sensorId }),
}
/** Milliseconds of processor time of this process and those it started (proc(5): fields 14 and 15 of stat, in hundredths of a second). */
function cpuMs(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean)
  const { user, system } = process.cpuUsage()
  return children.reduce(
    (sum, pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
      return sum + 10 * (Number(fields[11]) + Number(fields[12]))
    },
    (user + system) / 1000,
  )
}

const median = (values: number[]): number => Math.round(values.toSorted((a, b) => a - b)[values.length >> 1])

for (const [question, ask] of Object.entries(questions)) {
  const took: number[] = []
  const worked: number[] = []
  for (let i = 0; i < Number(values.runs) && took.reduce((sum, ms) => sum + ms, 0) < 30_000; i++) {
    const [started, cpu] = [performance.now(), cpuMs()]
    await ask()
    took.push(performance.now() - started)
    worked.push(cpuMs() - cpu)
  }
  print({
    question,
    runs: took.length,
    medianMs: median(took),
    mostMs: Math.round(Math.max(...took)),
    cpuMs: median(worked),
  })
}
await (opened ? opened.close() : db.close())

import type { Queryable } from '../database.ts'
import { bucketsOf, type Buckets } from '../query/buckets.ts'
import { Where } from '../query/where.ts'
import { getSettings } from '../settings/settings.ts'
import type { InterfaceSeries, InterfaceSeriesRequest } from '../types/samples.ts'

/** Series of one answer at most; the busiest ones. */
const MAX_SERIES = 200
const DAY_MS = 86_400_000

interface BucketRow {
  sensorId: string
  hostname: string
  interface: string
  i: number
  receivedBps: number | null
  sentBps: number | null
  receivedPps: number | null
  sentPps: number | null
  drops: number
  errors: number
  speedBps: number | null
}

/** What each resolution calls its columns. */
const SOURCES = {
  raw: {
    table: 'interface_samples',
    time: 'time',
    drops: 'received_drops + sent_drops + capture_drops',
    errors: 'received_errors + sent_errors',
  },
  minutes: { table: 'interface_minutes', time: 'bucket', drops: 'interface_drops + capture_drops', errors: 'errors' },
  hours: { table: 'interface_hours', time: 'bucket', drops: 'interface_drops + capture_drops', errors: 'errors' },
} as const

/**
 * Rates over time, one series an interface, all on the same buckets; null where no sample came. Steps under a minute
 * read samples, longer ones the aggregates.
 */
export async function interfaceSeries(db: Queryable, request: InterfaceSeriesRequest): Promise<InterfaceSeries[]> {
  const { retentionDays } = await getSettings(db)
  const rawSinceMs = Date.now() - retentionDays.interfaceSamples * DAY_MS
  const buckets = bucketsOf(request, { points: request.points, rawSinceMs, aggregated: true })
  const rows = await readBuckets(db, request, buckets)
  const series = new Map<string, InterfaceSeries>()
  for (const row of rows) {
    const key = `${row.sensorId} ${row.interface}`
    const one = series.get(key) ?? emptySeries(row, buckets)
    series.set(key, one)
    if (row.i < 0 || row.i >= buckets.t.length) continue
    one.speedBps = row.speedBps ?? one.speedBps
    one.receivedBps[row.i] = row.receivedBps
    one.sentBps[row.i] = row.sentBps
    one.receivedPps[row.i] = row.receivedPps
    one.sentPps[row.i] = row.sentPps
    one.drops[row.i] = row.drops
    one.errors[row.i] = row.errors
  }
  return busiest([...series.values()])
}

async function readBuckets(db: Queryable, request: InterfaceSeriesRequest, buckets: Buckets): Promise<BucketRow[]> {
  const { table, time, drops, errors } = SOURCES[buckets.resolution]
  const where = new Where([buckets.from, buckets.to])
  where.when(request.sensorId, (value) => `m.sensor_id = ${value}::uuid`)
  where.when(request.interface, (value) => `m.interface = ${value}`)
  const rate = (column: string, factor: string) =>
    `round((sum(${column}) * ${factor} / nullif(sum(span_us), 0))::numeric, 1)::float8`
  const { rows } = await db.query<BucketRow>(
    `SELECT m.sensor_id AS "sensorId", coalesce(max(s.hostname), m.sensor_id::text) AS hostname, m.interface,
       ${buckets.indexOf(`m.${time}`)} AS i,
       ${rate('received_octets', '8e6')} AS "receivedBps", ${rate('sent_octets', '8e6')} AS "sentBps",
       ${rate('received_packets', '1e6')} AS "receivedPps", ${rate('sent_packets', '1e6')} AS "sentPps",
       sum(${drops}) AS drops, sum(${errors}) AS errors, max(speed_bps) AS "speedBps"
     FROM ${table} m LEFT JOIN sensors s ON s.id = m.sensor_id
     WHERE m.${time} >= $1 AND m.${time} < $2 AND ${where.sql}
     GROUP BY m.sensor_id, m.interface, 4 ORDER BY hostname, m.sensor_id, m.interface, i`,
    where.values,
  )
  return rows
}

function emptySeries(row: BucketRow, buckets: Buckets): InterfaceSeries {
  return {
    sensorId: row.sensorId,
    hostname: row.hostname,
    interface: row.interface,
    speedBps: null,
    stepSeconds: buckets.stepSeconds,
    t: buckets.t,
    receivedBps: buckets.column(),
    sentBps: buckets.column(),
    receivedPps: buckets.column(),
    sentPps: buckets.column(),
    drops: buckets.column(),
    errors: buckets.column(),
  }
}

function busiest(series: InterfaceSeries[]): InterfaceSeries[] {
  if (series.length <= MAX_SERIES) return series
  const load = (one: InterfaceSeries) =>
    one.receivedBps.reduce<number>((sum, value, i) => sum + (value ?? 0) + (one.sentBps[i] ?? 0), 0)
  const kept = new Set([...series].sort((a, b) => load(b) - load(a)).slice(0, MAX_SERIES))
  return series.filter((one) => kept.has(one))
}

import { alertCounts } from '../alerts/alert-lists.ts'
import type { Queryable } from '../database.ts'
import { bucketsOf, type Buckets } from '../query/buckets.ts'
import { PRESENCE } from '../sensors/sensor-columns.ts'
import { toTimestamp } from '../time.ts'
import type { TimeRange } from '../types/common.ts'
import type { Overview } from '../types/samples.ts'
import { gapTotals } from './gaps.ts'
import { HOST_RATES } from './rates-now.ts'

const TREND_POINTS = 60

/** The tiles of the overview: now, and in a range. */
export async function overview(db: Queryable, range: TimeRange): Promise<Overview> {
  const buckets = bucketsOf(range, { points: TREND_POINTS, aggregated: true, rawSinceMs: Number.POSITIVE_INFINITY })
  const now = await readNow(db)
  const fleet = await readFleet(db)
  const samples = await readSamples(db, buckets)
  const flows = await readFlows(db, buckets)
  const alerts = await readAlerts(db, buckets)
  const { open, bySeverity } = await alertCounts(db)
  const captured = sum(samples.map((row) => row.captured))
  const dropped = sum(samples.map((row) => row.dropped))
  return {
    ...now,
    ...fleet,
    throughputBps: now.receivedBps === null ? null : now.receivedBps + (now.sentBps ?? 0),
    flows: sum(flows.map((row) => row.flows)),
    octets: sum(flows.map((row) => row.octets)),
    openAlerts: bySeverity,
    openAlertsTotal: open,
    capturedPackets: captured,
    droppedPackets: dropped,
    droppedShare: captured + dropped > 0 ? dropped / (captured + dropped) : null,
    gaps: await gapTotals(db, { from: toTimestamp(range.from), to: toTimestamp(range.to) }),
    trend: {
      t: buckets.t,
      throughputBps: spread(buckets, samples, (row) => row.bps),
      flows: spread(buckets, flows, (row) => row.flows),
      droppedShare: spread(buckets, samples, (row) =>
        row.captured + row.dropped > 0 ? row.dropped / (row.captured + row.dropped) : null,
      ),
      alerts: spread(buckets, alerts, (row) => row.alerts),
    },
  }
}

type Now = Pick<Overview, 'receivedBps' | 'sentBps' | 'flowsActive' | 'flowsPerSecond'>

async function readNow(db: Queryable): Promise<Now> {
  const { rows } = await db.query<Now>(
    `WITH ${HOST_RATES}
     SELECT sum(received_bps) AS "receivedBps", sum(sent_bps) AS "sentBps", sum(flows_active) AS "flowsActive",
       (SELECT count(*) / 60.0 FROM flows WHERE end_time > now() - interval '1 minute' AND end_time <= now()) AS "flowsPerSecond"
     FROM host_rates`,
  )
  return rows[0]
}

type Fleet = Pick<Overview, 'hostsOnline' | 'hostsTotal'>

async function readFleet(db: Queryable): Promise<Fleet> {
  const { rows } = await db.query<Fleet>(
    `SELECT count(*) FILTER (WHERE presence = 'online') AS "hostsOnline", count(*) AS "hostsTotal"
     FROM (SELECT ${PRESENCE} AS presence FROM sensors s WHERE s.state <> 'retired') AS fleet`,
  )
  return rows[0]
}

interface Indexed {
  i: number
}

interface SampleBucket extends Indexed {
  bps: number | null
  captured: number
  dropped: number
}

/** Rates of an interface are sums over its own spans; those of the fleet are sums over interfaces. */
async function readSamples(db: Queryable, buckets: Buckets): Promise<SampleBucket[]> {
  const { rows } = await db.query<SampleBucket>(
    `SELECT i, sum(bps) FILTER (WHERE medium <> 'loopback') AS bps, sum(captured) AS captured, sum(dropped) AS dropped FROM (
       SELECT ${buckets.indexOf('m.bucket')} AS i, coalesce(known.medium, '') AS medium,
         sum(received_octets + sent_octets) * 8e6 / nullif(sum(span_us), 0)::float8 AS bps,
         sum(captured_packets) AS captured, sum(capture_drops) AS dropped
       FROM ${buckets.resolution === 'hours' ? 'interface_hours' : 'interface_minutes'} m
       LEFT JOIN interfaces known ON known.sensor_id = m.sensor_id AND known.interface = m.interface
       WHERE m.bucket >= $1 AND m.bucket < $2 GROUP BY 1, 2, m.sensor_id, m.interface) AS by_interface
     GROUP BY i`,
    [buckets.from, buckets.to],
  )
  return rows
}

interface FlowBucket extends Indexed {
  flows: number
  octets: number
}

async function readFlows(db: Queryable, buckets: Buckets): Promise<FlowBucket[]> {
  const { rows } = await db.query<FlowBucket>(
    `SELECT ${buckets.indexOf('bucket')} AS i, sum(flows) AS flows, sum(octets) AS octets
     FROM ${buckets.resolution === 'hours' ? 'flow_hours' : 'flow_minutes'} WHERE bucket >= $1 AND bucket < $2 GROUP BY 1`,
    [buckets.from, buckets.to],
  )
  return rows
}

interface AlertBucket extends Indexed {
  alerts: number
}

async function readAlerts(db: Queryable, buckets: Buckets): Promise<AlertBucket[]> {
  const { rows } = await db.query<AlertBucket>(
    `SELECT ${buckets.indexOf('first_seen')} AS i, count(*) AS alerts FROM alerts
     WHERE first_seen >= $1 AND first_seen < $2 GROUP BY 1`,
    [buckets.from, buckets.to],
  )
  return rows
}

function spread<Row extends Indexed>(
  buckets: Buckets,
  rows: Row[],
  value: (row: Row) => number | null,
): (number | null)[] {
  const column = buckets.column()
  for (const row of rows) if (row.i >= 0 && row.i < column.length) column[row.i] = value(row)
  return column
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

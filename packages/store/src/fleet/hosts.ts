import type { Queryable } from '../database.ts'
import { SENSOR_COLUMNS } from '../sensors/sensor-columns.ts'
import type { HostDetail, HostRow } from '../types/sensors.ts'
import { latestHostSample } from './host-samples.ts'
import { listInterfaces } from './interfaces.ts'
import { HOST_RATES } from './rates-now.ts'

/** SQL: the severest of some severities. */
const WORST = `(array_agg(severity ORDER BY array_position(ARRAY['critical','high','medium','low','info'], severity)))[1]`

const SELECT = `WITH ${HOST_RATES}, drops AS (
    SELECT sensor_id, sum(capture_drops) / nullif(sum(captured_packets) + sum(capture_drops), 0)::float8 AS share
    FROM interface_minutes WHERE bucket > now() - interval '1 hour' GROUP BY sensor_id
  ), raised AS (
    SELECT sensor_id, count(*) AS alerts, ${WORST} AS worst
    FROM alerts, unnest(sensor_ids) AS sensor_id WHERE state = 'open' GROUP BY sensor_id
  ), known AS (
    SELECT sensor_id, count(*) AS interfaces FROM interfaces GROUP BY sensor_id
  ), resources AS (
    SELECT DISTINCT ON (sensor_id) sensor_id, cpu_utilization, memory_used_bytes, memory_total_bytes
    FROM host_samples WHERE time > now() - interval '2 minutes' ORDER BY sensor_id, time DESC
  )
  SELECT ${SENSOR_COLUMNS}, coalesce(known.interfaces, 0) AS "interfaceCount",
    host_rates.received_bps AS "receivedBps", host_rates.sent_bps AS "sentBps", drops.share AS "droppedShare",
    host_rates.flows_active AS "flowsActive", coalesce(raised.alerts, 0) AS "openAlerts", raised.worst AS "worstSeverity",
    resources.cpu_utilization AS "cpuUtilization", resources.memory_used_bytes AS "memoryUsedBytes",
    resources.memory_total_bytes AS "memoryTotalBytes"
  FROM sensors s
  LEFT JOIN host_rates ON host_rates.sensor_id = s.id
  LEFT JOIN drops ON drops.sensor_id = s.id
  LEFT JOIN raised ON raised.sensor_id = s.id
  LEFT JOIN known ON known.sensor_id = s.id
  LEFT JOIN resources ON resources.sensor_id = s.id`

/** All hosts with what they do now, by name. Retired ones only when asked for. */
export async function listHosts(db: Queryable, options: { includeRetired?: boolean } = {}): Promise<HostRow[]> {
  const { rows } = await db.query<HostRow>(
    `${SELECT} WHERE $1 OR s.state <> 'retired' ORDER BY coalesce(s.name, s.hostname), s.id`,
    [options.includeRetired ?? false],
  )
  return rows
}

/** One host; undefined for an unknown sensor. */
export async function getHost(db: Queryable, sensorId: string): Promise<HostDetail | undefined> {
  const { rows } = await db.query<HostRow>(`${SELECT} WHERE s.id::text = $1`, [sensorId])
  if (rows.length === 0) return undefined
  const interfaces = await listInterfaces(db, { sensorId })
  return { ...rows[0], interfaces, latestSample: (await latestHostSample(db, sensorId)) ?? null }
}

import type { Queryable } from '../database.ts'
import { bucketsOf } from '../query/buckets.ts'
import { Where } from '../query/where.ts'
import type { HostSampleRow, HostSeries, SeriesRequest } from '../types/samples.ts'

/** The newest sample of a host's resources; undefined when there is none. */
export async function latestHostSample(db: Queryable, sensorId: string): Promise<HostSampleRow | undefined> {
  const { rows } = await db.query<HostSampleRow>(
    `SELECT sensor_id AS "sensorId", to_us(time) AS "timeUs", cpu_utilization AS "cpuUtilization",
       core_utilization AS "coreUtilization", memory_used_bytes AS "memoryUsedBytes",
       memory_total_bytes AS "memoryTotalBytes", swap_used_bytes AS "swapUsedBytes", load_1m AS "load1m", load_5m AS "load5m",
       temperature_celsius AS "temperatureCelsius", disks, processes, uptime_s AS "uptimeS",
       sensor_cpu_cores AS "sensorCpuCores", sensor_memory_bytes AS "sensorMemoryBytes"
     FROM host_samples WHERE sensor_id = $1::uuid ORDER BY time DESC LIMIT 1`,
    [sensorId],
  )
  return rows[0]
}

const COLUMNS = [
  'cpuUtilization',
  'memoryUsedBytes',
  'load1m',
  'temperatureCelsius',
  'sensorCpuCores',
  'sensorMemoryBytes',
] as const

type BucketRow = { sensorId: string; hostname: string; i: number } & Record<(typeof COLUMNS)[number], number | null>

/** Resources over time, one series a host: means of each bucket, null where no sample came. */
export async function hostSeries(db: Queryable, request: SeriesRequest): Promise<HostSeries[]> {
  const buckets = bucketsOf(request, { points: request.points })
  const where = new Where([buckets.from, buckets.to])
  where.when(request.sensorId, (value) => `m.sensor_id = ${value}::uuid`)
  const { rows } = await db.query<BucketRow>(
    `SELECT m.sensor_id AS "sensorId", coalesce(max(s.hostname), m.sensor_id::text) AS hostname, ${buckets.indexOf('m.time')} AS i,
       avg(cpu_utilization) AS "cpuUtilization", avg(memory_used_bytes)::float8 AS "memoryUsedBytes", avg(load_1m) AS "load1m",
       avg(temperature_celsius) AS "temperatureCelsius", avg(sensor_cpu_cores) AS "sensorCpuCores",
       avg(sensor_memory_bytes)::float8 AS "sensorMemoryBytes"
     FROM host_samples m LEFT JOIN sensors s ON s.id = m.sensor_id
     WHERE m.time >= $1 AND m.time < $2 AND ${where.sql}
     GROUP BY m.sensor_id, 3 ORDER BY hostname, m.sensor_id, i`,
    where.values,
  )
  const series = new Map<string, HostSeries>()
  for (const row of rows) {
    const one = series.get(row.sensorId) ?? {
      sensorId: row.sensorId,
      hostname: row.hostname,
      stepSeconds: buckets.stepSeconds,
      t: buckets.t,
      cpuUtilization: buckets.column(),
      memoryUsedBytes: buckets.column(),
      load1m: buckets.column(),
      temperatureCelsius: buckets.column(),
      sensorCpuCores: buckets.column(),
      sensorMemoryBytes: buckets.column(),
    }
    series.set(row.sensorId, one)
    for (const column of COLUMNS) if (row.i >= 0 && row.i < buckets.t.length) one[column][row.i] = row[column]
  }
  return [...series.values()]
}

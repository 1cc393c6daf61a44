import type { CoverageGap, Finding, HealthSample, HostSample, Interface, InterfaceSample } from '@picket/proto'
import * as clean from '../query/clean.ts'
import { asReals, asTexts, type Column } from './insert-columns.ts'

const INT32_MAX = 2_147_483_647

/** How one kind of record becomes rows of one table. */
export interface RecordKind<Row> {
  table: string
  columns: (sensorId: string) => Column<Row>[]
  isStorable: (row: Row, receivedUs: number) => boolean
  conflict?: string
}

const name = (value: string) => clean.text(value, clean.NAME_LENGTH)
const keyword = (value: string) => clean.text(value, clean.KEYWORD_LENGTH)

export const interfaceSamples: RecordKind<InterfaceSample> = {
  table: 'interface_samples',
  isStorable: (row, receivedUs) =>
    clean.isTimely(row.timeUs, receivedUs) &&
    clean.isWithin(row.spanUs, INT32_MAX) &&
    clean.areCounts(row.receivedOctets, row.sentOctets, row.receivedPackets, row.sentPackets) &&
    clean.areCounts(row.receivedErrors, row.sentErrors, row.receivedDrops, row.sentDrops) &&
    clean.areCounts(row.capturedPackets, row.capturedOctets, row.captureDrops, row.undecodablePackets) &&
    clean.areCounts(row.flowsStarted, row.flowsActive, row.speedBps ?? 0),
  columns: (sensorId) => [
    { name: 'time', type: 'timestamptz', of: (row) => row.timeUs },
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'interface', type: 'text', of: (row) => name(row.interface) },
    { name: 'span_us', type: 'int4', of: (row) => row.spanUs },
    { name: 'received_octets', type: 'int8', of: (row) => row.receivedOctets },
    { name: 'sent_octets', type: 'int8', of: (row) => row.sentOctets },
    { name: 'received_packets', type: 'int8', of: (row) => row.receivedPackets },
    { name: 'sent_packets', type: 'int8', of: (row) => row.sentPackets },
    { name: 'received_errors', type: 'int8', of: (row) => row.receivedErrors },
    { name: 'sent_errors', type: 'int8', of: (row) => row.sentErrors },
    { name: 'received_drops', type: 'int8', of: (row) => row.receivedDrops },
    { name: 'sent_drops', type: 'int8', of: (row) => row.sentDrops },
    { name: 'captured_packets', type: 'int8', of: (row) => row.capturedPackets },
    { name: 'captured_octets', type: 'int8', of: (row) => row.capturedOctets },
    { name: 'capture_drops', type: 'int8', of: (row) => row.captureDrops },
    { name: 'undecodable_packets', type: 'int8', of: (row) => row.undecodablePackets },
    { name: 'flows_started', type: 'int8', of: (row) => row.flowsStarted },
    { name: 'flows_active', type: 'int8', of: (row) => row.flowsActive },
    { name: 'speed_bps', type: 'int8', of: (row) => row.speedBps },
  ],
}

export const hostSamples: RecordKind<HostSample> = {
  table: 'host_samples',
  isStorable: (row, receivedUs) =>
    clean.isTimely(row.timeUs, receivedUs) &&
    clean.areCounts(row.memoryUsedBytes, row.memoryTotalBytes, row.swapUsedBytes, row.uptimeS, row.sensorMemoryBytes),
  columns: (sensorId) => [
    { name: 'time', type: 'timestamptz', of: (row) => row.timeUs },
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'cpu_utilization', type: 'float4', of: (row) => clean.finite(row.cpuUtilization, 0) },
    {
      name: 'core_utilization',
      type: 'jsonb',
      of: (row) => row.coreUtilization.slice(0, 1024).map((share) => clean.finite(share, 0)),
      as: asReals,
    },
    { name: 'memory_used_bytes', type: 'int8', of: (row) => row.memoryUsedBytes },
    { name: 'memory_total_bytes', type: 'int8', of: (row) => row.memoryTotalBytes },
    { name: 'swap_used_bytes', type: 'int8', of: (row) => row.swapUsedBytes },
    { name: 'load_1m', type: 'float4', of: (row) => clean.finite(row.load1m, 0) },
    { name: 'load_5m', type: 'float4', of: (row) => clean.finite(row.load5m, 0) },
    { name: 'temperature_celsius', type: 'float4', of: (row) => clean.finite(row.temperatureCelsius, null) },
    { name: 'disks', type: 'jsonb', of: (row) => clean.json(row.disks, clean.NAME_LENGTH, 256) },
    { name: 'processes', type: 'jsonb', of: (row) => clean.json(row.processes, clean.NAME_LENGTH, 32) },
    { name: 'uptime_s', type: 'int8', of: (row) => row.uptimeS },
    { name: 'sensor_cpu_cores', type: 'float4', of: (row) => clean.finite(row.sensorCpuCores, 0) },
    { name: 'sensor_memory_bytes', type: 'int8', of: (row) => row.sensorMemoryBytes },
  ],
}

export const healthSamples: RecordKind<HealthSample> = {
  table: 'health_samples',
  isStorable: (row, receivedUs) =>
    clean.isTimely(row.timeUs, receivedUs) &&
    clean.isWithin(row.sent, INT32_MAX) &&
    clean.isWithin(row.received, INT32_MAX) &&
    clean.areCounts(row.rttMinUs ?? 0, row.rttMeanUs ?? 0, row.rttMaxUs ?? 0),
  columns: (sensorId) => [
    { name: 'time', type: 'timestamptz', of: (row) => row.timeUs },
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'interface', type: 'text', of: (row) => name(row.interface) },
    { name: 'role', type: 'text', of: (row) => keyword(row.role) },
    { name: 'target', type: 'text', of: (row) => name(row.target) },
    { name: 'method', type: 'text', of: (row) => keyword(row.method) },
    { name: 'sent', type: 'int4', of: (row) => row.sent },
    { name: 'received', type: 'int4', of: (row) => row.received },
    { name: 'rtt_min_us', type: 'int8', of: (row) => row.rttMinUs },
    { name: 'rtt_mean_us', type: 'int8', of: (row) => row.rttMeanUs },
    { name: 'rtt_max_us', type: 'int8', of: (row) => row.rttMaxUs },
  ],
}

export const findings: RecordKind<Finding> = {
  table: 'findings',
  isStorable: (row, receivedUs) =>
    row.id !== '' &&
    row.kind !== '' &&
    row.startUs <= row.timeUs &&
    clean.isTimely(row.timeUs, receivedUs) &&
    clean.isTimely(row.startUs, receivedUs),
  columns: (sensorId) => [
    { name: 'time', type: 'timestamptz', of: (row) => row.timeUs },
    { name: 'start_time', type: 'timestamptz', of: (row) => row.startUs },
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'finding_id', type: 'text', of: (row) => name(row.id) },
    { name: 'kind', type: 'text', of: (row) => keyword(row.kind) },
    { name: 'interface', type: 'text', of: (row) => name(row.interface) },
    { name: 'entity', type: 'text', of: (row) => name(row.entity) },
    { name: 'target', type: 'text', of: (row) => name(row.target) },
    { name: 'score', type: 'float4', of: (row) => clean.finite(row.score, 0) },
    { name: 'summary', type: 'text', of: (row) => clean.text(row.summary, clean.SENTENCE_LENGTH) },
    { name: 'evidence', type: 'jsonb', of: (row) => clean.json(row.evidence, clean.NAME_LENGTH, 64) },
    {
      name: 'community_ids',
      type: 'jsonb',
      of: (row) => clean.json(row.communityIds, clean.KEYWORD_LENGTH, 20),
      as: asTexts,
    },
    { name: 'technique_id', type: 'text', of: (row) => keyword(row.techniqueId) },
  ],
}

export const coverageGaps: RecordKind<CoverageGap> = {
  table: 'coverage_gaps',
  isStorable: (row, receivedUs) =>
    row.startUs <= row.endUs &&
    clean.isTimely(row.startUs, receivedUs) &&
    clean.isTimely(row.endUs, receivedUs) &&
    clean.areCounts(row.packets, row.flows, row.octets, row.times ?? 0),
  columns: (sensorId) => [
    { name: 'time', type: 'timestamptz', of: (row) => row.endUs },
    { name: 'start_time', type: 'timestamptz', of: (row) => row.startUs },
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'source', type: 'text', of: (row) => keyword(row.source) },
    { name: 'interface', type: 'text', of: (row) => name(row.interface) },
    { name: 'cause', type: 'text', of: (row) => keyword(row.cause) },
    { name: 'packets', type: 'int8', of: (row) => row.packets },
    { name: 'flows', type: 'int8', of: (row) => row.flows },
    { name: 'octets', type: 'int8', of: (row) => row.octets },
    { name: 'times', type: 'int8', of: (row) => row.times },
  ],
}

export const interfaces: RecordKind<Interface> = {
  table: 'interfaces',
  isStorable: (row) => row.name !== '' && clean.areCounts(row.mtu, row.speedBps ?? 0),
  columns: (sensorId) => [
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'interface', type: 'text', of: (row) => name(row.name) },
    { name: 'mac', type: 'macaddr', of: (row) => clean.mac(row.mac) },
    {
      name: 'addresses',
      type: 'jsonb',
      of: (row) => clean.json(row.addresses, clean.KEYWORD_LENGTH, 256),
      as: asTexts,
    },
    { name: 'speed_bps', type: 'int8', of: (row) => row.speedBps },
    { name: 'medium', type: 'text', of: (row) => keyword(row.medium) },
    { name: 'up', type: 'bool', of: (row) => row.up },
    { name: 'mtu', type: 'int8', of: (row) => row.mtu },
    { name: 'source', type: 'text', of: (row) => keyword(row.source) },
    { name: 'metered_by', type: 'text', of: (row) => (row.meteredBy ? name(row.meteredBy) : undefined) },
  ],
  conflict: `ON CONFLICT (sensor_id, interface) DO UPDATE SET
    mac = excluded.mac, addresses = excluded.addresses, speed_bps = excluded.speed_bps, medium = excluded.medium,
    up = excluded.up, mtu = excluded.mtu, source = excluded.source, metered_by = excluded.metered_by, updated_at = now()`,
}

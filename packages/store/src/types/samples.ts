import type { SeriesColumn, TimeInput, TimeRange } from './common.ts'
import type { AlertSeverity } from './alerts.ts'

export interface SeriesRequest extends TimeRange {
  sensorId?: string
  /** Wanted number of buckets; the step is rounded up to a whole number of seconds. 300 when absent, at most 2000. */
  points?: number
}

export interface InterfaceSeriesRequest extends SeriesRequest {
  interface?: string
}

/** Rates of one interface over time, columnar. */
export interface InterfaceSeries {
  sensorId: string
  hostname: string
  interface: string
  speedBps: number | null
  stepSeconds: number
  /** Bucket starts, epoch seconds, the same for every series of one answer. */
  t: number[]
  receivedBps: SeriesColumn
  sentBps: SeriesColumn
  receivedPps: SeriesColumn
  sentPps: SeriesColumn
  /** Packets lost in the bucket: by the interface and by the capture. */
  drops: SeriesColumn
  /** Receive and send errors in the bucket. */
  errors: SeriesColumn
}

/** Resources of one host over time, columnar; means of each bucket. */
export interface HostSeries {
  sensorId: string
  hostname: string
  stepSeconds: number
  t: number[]
  cpuUtilization: SeriesColumn
  memoryUsedBytes: SeriesColumn
  load1m: SeriesColumn
  temperatureCelsius: SeriesColumn
  sensorCpuCores: SeriesColumn
  sensorMemoryBytes: SeriesColumn
}

/** A host sample as stored. */
export interface HostSampleRow {
  sensorId: string
  timeUs: number
  cpuUtilization: number
  coreUtilization: number[]
  memoryUsedBytes: number
  memoryTotalBytes: number
  swapUsedBytes: number
  load1m: number
  load5m: number
  temperatureCelsius: number | null
  disks: { mount: string; sizeBytes: number; usedBytes: number }[]
  processes: { pid: number; name: string; cpuCores: number; memoryBytes: number }[]
  uptimeS: number
  sensorCpuCores: number
  sensorMemoryBytes: number
}

/** Loss and latency towards one target over time. */
export interface HealthSeries {
  sensorId: string
  interface: string
  role: string
  target: string
  method: string
  stepSeconds: number
  t: number[]
  rttMeanUs: SeriesColumn
  rttMaxUs: SeriesColumn
  /** Share of probes without an answer, 0 to 1. */
  lossShare: SeriesColumn
}

/** The newest probe round of each target. */
export interface HealthRow {
  sensorId: string
  hostname: string
  timeUs: number
  interface: string
  /** gateway, resolver or configured. */
  role: string
  target: string
  /** icmp or tcp. */
  method: string
  sent: number
  received: number
  rttMinUs: number | null
  rttMeanUs: number | null
  rttMaxUs: number | null
}

/** Tiles of the overview. "Now" is the last 15 s of samples. */
export interface Overview {
  /** Received plus sent over all interfaces, now; null when no sample came in. */
  throughputBps: number | null
  receivedBps: number | null
  sentBps: number | null
  /** Flow records that ended per second, last minute. */
  flowsPerSecond: number
  flowsActive: number | null
  /** Flow records in the range. */
  flows: number
  octets: number
  hostsOnline: number
  hostsTotal: number
  openAlerts: Record<AlertSeverity, number>
  openAlertsTotal: number
  /** Lost share of packets the captures should have read in the range, 0 to 1; null without packets. */
  droppedShare: number | null
  capturedPackets: number
  droppedPackets: number
  gaps: GapTotals
  /** Sparklines over the range, 60 buckets. */
  trend: {
    t: number[]
    throughputBps: SeriesColumn
    flows: SeriesColumn
    droppedShare: SeriesColumn
    alerts: SeriesColumn
  }
}

/** Something that was not seen or not kept. */
export interface GapRow {
  sensorId: string
  hostname: string
  /** capture, decode, flow-table, spool, ingest. */
  source: string
  interface: string
  cause: string
  startUs: number
  endUs: number
  packets: number
  flows: number
  octets: number
  /** How often it happened, or packets that lost a part only; null where the other counts or the span say all. */
  times: number | null
}

export interface GapTotals {
  gaps: number
  packets: number
  flows: number
  octets: number
  /** `durationUs`: how long the gaps lasted, those of several sensors or interfaces at once added up. */
  byCause: {
    source: string
    cause: string
    gaps: number
    packets: number
    flows: number
    octets: number
    times: number
    durationUs: number
  }[]
}

export interface GapRequest extends TimeRange {
  sensorId?: string
  limit?: number
}

export interface TopTalkersRequest extends TimeRange {
  sensorId?: string
  limit?: number
}

/** One address and what it sent and received as either end of flows. */
export interface TalkerRow {
  address: string
  /** Host name or sensor name the address is known by; null when none. */
  hostName: string | null
  sentOctets: number
  receivedOctets: number
  octets: number
  packets: number
  flows: number
  /** Distinct addresses on the other end. */
  peers: number
  /** Class that carried the most octets; null when unknown. */
  topClass: string | null
  maxAnomaly: number | null
  /** Octets per bucket over the range, 24 buckets. */
  trend: number[]
}

/** Octets and flows by class (or application) in a range, from the aggregates. */
export interface ClassShareRow {
  class: string
  application: string
  flows: number
  octets: number
  packets: number
}

export interface SampleMoment {
  sensorId: string
  at?: TimeInput
}

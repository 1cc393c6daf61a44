import type { Labels, TimeInput } from './common.ts'
import type { AlertSeverity } from './alerts.ts'
import type { HostSampleRow } from './samples.ts'

/** Stored life of a sensor; whether it is online follows from `lastSeen` and the setting `silentAfterSeconds`. */
export type SensorState = 'enrolled' | 'active' | 'retired'

/** What a person is shown: enrolled but never seen, seen lately, not seen lately, removed. */
export type SensorPresence = 'enrolled' | 'online' | 'silent' | 'retired'

/** One sensor, one a host. Moments in epoch milliseconds. */
export interface SensorRow {
  sensorId: string
  hostname: string
  /** Name given by a person; the host name when none was given. */
  name: string
  platform: string
  osName: string
  version: string
  labels: Labels
  state: SensorState
  presence: SensorPresence
  createdAt: number
  lastSeen: number | null
  retiredAt: number | null
  certificateExpiresAt: number | null
  /** Sensor clock minus collector clock at the last hello or heartbeat, microseconds; null before the first. */
  clockOffsetUs: number | null
  featureSetHash: string
  /** Model ids in use by kind. */
  activeModels: Record<string, string>
  /** Batches and octets waiting in the sensor's spool at the last heartbeat. */
  spoolBatches: number
  spoolBytes: number
}

/** What enrolment or the stream must know before it trusts a certificate. */
export interface SensorAuth {
  sensorId: string
  state: SensorState
  /** SHA-256 of the certificate's DER, hex; the one in use. */
  certificateSha256: string
  certificateExpiresAt: number
  /** The one it was given to use next, until it does. */
  nextCertificateSha256: string | null
}

export interface NewSensor {
  sensorId: string
  hostname: string
  platform: string
  osName?: string
  version: string
  labels?: Labels
  /** Token it enrolled with. */
  tokenId?: number
  certificateSha256: string
  certificateExpiresAt: TimeInput
}

/** What a hello or heartbeat says; absent fields leave what is stored. */
export interface SensorSign {
  sensorId: string
  /** Collector clock. */
  at: TimeInput
  /** Sensor clock, microseconds. */
  sensorTimeUs?: number
  hostname?: string
  version?: string
  platform?: string
  osName?: string
  labels?: Labels
  featureSetHash?: string
  activeModels?: Record<string, string>
  /** Counters of a heartbeat, since the sensor's process started. */
  heartbeat?: {
    flowsMetered: number
    packetsRead: number
    flowsDiscarded: number
    /** When that process started, microseconds; absent or 0 where it is not told. */
    processStartedUs?: number
    spoolBatches: number
    spoolBytes: number
  }
}

/** A host as the overview and the hosts page list it: its sensor and what it does now (last 15 s of samples). */
export interface HostRow extends SensorRow {
  interfaceCount: number
  receivedBps: number | null
  sentBps: number | null
  /** Lost share of packets the capture should have read, last hour, 0 to 1; null without packets. */
  droppedShare: number | null
  flowsActive: number | null
  openAlerts: number
  /** Severest open alert; null when there is none. */
  worstSeverity: AlertSeverity | null
  cpuUtilization: number | null
  memoryUsedBytes: number | null
  memoryTotalBytes: number | null
}

/** One host with all there is to show at the head of its page. */
export interface HostDetail extends HostRow {
  interfaces: InterfaceRow[]
  latestSample: HostSampleRow | null
}

/** One interface of one host, with its rates now (last 15 s of samples; null without any). */
export interface InterfaceRow {
  sensorId: string
  hostname: string
  interface: string
  mac: string | null
  addresses: string[]
  speedBps: number | null
  medium: string
  up: boolean
  mtu: number
  /** How it is captured: ring, cap, file, or empty when it is not captured. */
  source: string
  /** The interface that meters the packets of this one, e.g. its bridge; null where it does that itself. */
  meteredBy: string | null
  updatedAt: number
  receivedBps: number | null
  sentBps: number | null
  receivedPps: number | null
  sentPps: number | null
  flowsActive: number | null
  captureDrops: number | null
  /** Epoch microseconds of the newest sample. */
  lastSampleUs: number | null
}

/** An enrolment token; the secret itself is never stored. */
export interface TokenRow {
  id: number
  createdBy: string
  createdAt: number
  expiresAt: number
  labels: Labels
  state: 'open' | 'used' | 'expired' | 'revoked'
  usedAt: number | null
  revokedAt: number | null
  /** Sensor that used it. */
  sensorId: string | null
}

export interface NewToken {
  /** SHA-256 of the secret, 32 octets. */
  secretHash: Uint8Array
  createdBy: string
  expiresAt: TimeInput
  labels?: Labels
}

/** What became of presenting a token. */
export type TokenUse =
  { ok: true; tokenId: number; labels: Labels } | { ok: false; reason: 'unknown' | 'expired' | 'used' | 'revoked' }

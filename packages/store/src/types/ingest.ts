import type { Flow, Records } from '@picket/proto'
import type { TimeInput } from './common.ts'

/** One batch as the collector received it. */
export interface BatchToCommit {
  sensorId: string
  /** Epoch of the sensor's spool. */
  epoch: number
  /** From 1, rising; not above the stored cursor means it was stored before. */
  sequence: number
  records: Records
  /** Collector clock. */
  receivedAt: TimeInput
  /** Feature vector of a flow; absent stores flows without features. */
  features?: (flow: Flow) => ArrayLike<number>
  featureSetVersion?: number
}

export interface BatchCounts {
  flows: number
  interfaceSamples: number
  hostSamples: number
  healthSamples: number
  findings: number
  coverageGaps: number
  interfaces: number
  /** Rows that could not be stored; each kind became one `ingest` coverage gap. */
  rejected: number
}

/** `stored` is false for a duplicate: nothing was written and `counts` are all zero. */
export interface BatchResult {
  stored: boolean
  /** Cursor of the epoch after the call. */
  sequence: number
  counts: BatchCounts
}

/** Both sides of a sensor's books. Balanced when `flowsPending` is zero and nothing waits in its spool. */
export interface Ledger {
  sensorId: string
  /** Flow records the sensor metered, from its heartbeats, over all its process lives. */
  flowsMetered: number
  packetsRead: number
  /** Flow rows stored. */
  flowsStored: number
  /** Flow records in coverage gaps (spool discards, rejected rows). */
  flowsInGaps: number
  /** Packets in coverage gaps. */
  packetsInGaps: number
  /** metered - stored - in gaps: on the way, or negative when rows arrived before the next heartbeat. */
  flowsPending: number
  /** Flow rows refused on ingest (part of `flowsInGaps`). */
  flowsRejected: number
  batchesStored: number
  batchesDuplicate: number
  cursors: { epoch: number; sequence: number; updatedAt: number }[]
}

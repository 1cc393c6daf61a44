import type { Rung } from '../../budget/rung.ts'
import type { ExcludedEndpoint } from '../exclusion.ts'
import type { InterfaceDescription } from '../interfaces.ts'

/** How the packets of one ring are metered. */
export interface RingMetering {
  idleTimeoutUs: number
  activeTimeoutUs: number
  /** Most flows at a time. */
  maxFlows: number
  exclude?: readonly ExcludedEndpoint[]
}

/** What the thread of one ring is given at its start. */
export interface RingThreadSettings {
  /** A packet socket that receives nothing yet; it stays the opener's. */
  socket: number
  description: InterfaceDescription
  /** Size of the ring, in blocks of 256 KiB. */
  blocks: number
  promiscuous: boolean
  snapLength: number | undefined
  filter: Uint8Array | undefined
  vlanId: number | undefined
  metering: RingMetering
  /** Shared with the opener, who reads it when the thread is gone; places of `RingCount`. */
  counts: Float64Array
}

/** What a thread counts for its opener, of its whole life. */
export const RingCount = {
  /** Packets the kernel put into the ring, as of the last report. */
  TAKEN: 0,
  /** Packets that were read out of it. */
  READ: 1,
  /** Packets that were metered: read ones, less the sensor's own uplink. */
  METERED: 2,
} as const
export const RING_COUNTS = 3

export type ToRingThread =
  | { kind: 'let-pass' }
  /** So many reports were handed on: there is room for as many more. */
  | { kind: 'acknowledge'; reports: number }
  | { kind: 'timeouts'; idleTimeoutUs: number; activeTimeoutUs: number }
  | { kind: 'rung'; rung: Rung }
  | { kind: 'leave-out-vlans'; identifiers: readonly number[] }
  | { kind: 'finish' }

export interface RingReport {
  kind: 'report'
  /** Flows, gaps and one interface sample since the report before, as `Records` of the contract. */
  records: Uint8Array<ArrayBuffer>
  /** Packets metered so far. */
  packetsRead: number
  /** Latest packet time, microseconds since the epoch. */
  clockUs: number
  /** What DNS answers called addresses since the report before. */
  names: LearnedName[]
}

export interface LearnedName {
  address: Uint8Array
  name: string
}

export type FromRingThread = { kind: 'open' } | { kind: 'refused'; code: string; message: string } | RingReport

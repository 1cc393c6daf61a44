import type { CoverageGap, Flow, InterfaceSample } from '@picket/proto'
import type { Rung } from '../budget/rung.ts'
import type { InterfaceDescription } from './interfaces.ts'
import type { KernelCounters } from './kernel-counters.ts'

/** What one interface has given since the call before; `packetsRead` and `clockUs` are of its whole life. */
export interface Taken {
  flows: Flow[]
  gaps: CoverageGap[]
  packetsRead: number
  /** Latest packet time, microseconds since the epoch; 0 before the first packet. */
  clockUs: number
}

/** One interface that the sensor tells of, from when it is opened to when it is finished. */
export interface Capture {
  description: InterfaceDescription
  /** How it is captured: ring, cap, file, or empty when another interface meters its packets. */
  readonly source: string
  /** The interface that does; empty for one with a source. */
  readonly meteredBy: string
  /** No packet can come any more. */
  readonly isEnded: boolean
  /** Ended flows that wait to be taken. */
  readonly endedFlows: number
  /** Meters what is ready now and returns how many packets that was. Never waits. */
  poll(): number
  /** Calls back once when there is something to poll; false where that cannot be told. */
  wakeWhenReady(wake: () => void): boolean
  /** The wall clock moves the packet clock of a quiet wire, once everything that arrived is metered. */
  advance(timeUs: number): void
  /** Everything counted since the sample before. `counters` are the kernel's totals now; a replayed file has none. */
  sample(nowUs: number, counters: KernelCounters | undefined): InterfaceSample
  take(): Taken
  setTimeouts(timeouts: { idleTimeoutUs: number; activeTimeoutUs: number }): void
  setRung(rung: Rung): void
  /** Without frames of these VLANs, whose own interfaces meter them. */
  leaveOutVlans(identifiers: readonly number[]): void
  /** Reads the rest and closes the source; what came of it waits to be taken. Idempotent. */
  finish(nowUs: number): Promise<void>
  /** Ends up to `budget` of the flows of one that is finished; whether any remain. */
  endSome(budget: number): boolean
}

import type { Logger } from 'pino'
import type { Rung } from '../budget/rung.ts'
import type { Stage } from '../observation.ts'
import type { CaptureSettings } from './capture-settings.ts'
import type { HandoverEnd } from './handover.ts'
import type { MetersOptions, Timeouts } from './meters.ts'
import type { PacketSockets } from './packet-sockets.ts'

export interface WireOptions extends MetersOptions, HandoverEnd {
  /** Names of the interfaces to capture; all that are up by default. */
  interfaces?: string[]
  /** Names never captured; a `*` at the end stands for any ending. */
  excludedInterfaces?: string[]
  /** How interfaces are captured. */
  settings?: CaptureSettings
  /** Capture files in place of interfaces; speed 1 is as recorded, 0 as fast as they are read. */
  replay?: { files: string[]; speed: number }
  /** Packet sockets opened ahead, for a process that may open none later. */
  sockets?: PacketSockets
  logger: Pick<Logger, 'info' | 'warn'>
}

export interface Wire extends Stage {
  /** Opens what can be opened now: interfaces or captures; part of `start` unless it was called before. Throws a CaptureError. */
  open(): Promise<void>
  /** Hands on everything that has ended so far. */
  flush(): void
  /** Resolves when a replay is over; never for live capture. */
  readonly ended: Promise<void>
  setTimeouts(timeouts: Timeouts): void
  /** How much is done with packets from now on. */
  setRung(rung: Rung): void
  /** Takes effect with the next scan of the host's interfaces, within 3 s; a replay has none. */
  setExcludedInterfaces(names: readonly string[]): void
}

import type { Interface, InterfaceSample } from '@picket/proto'
import type { Logger } from 'pino'
import { Rung } from '../budget/rung.ts'
import type { Observation, ObservationSink, Stage } from '../observation.ts'
import { AddressNames } from '../recognise/address-names.ts'
import type { CapturedInterface } from './captured-interface.ts'
import { type ExcludedEndpoint, Exclusion } from './exclusion.ts'
import { InterfaceMeter } from './interface-meter.ts'
import { toInterface } from './interfaces.ts'
import { readKernelCounters } from './kernel-counters.ts'
import { LiveInterfaces } from './live-interfaces.ts'
import type { PacketSockets } from './packet-sockets.ts'
import { openReplay } from './replay.ts'
import { warmUp } from './warm-up.ts'

/**
 * With nothing to read, the next look, and the one after a second of next to nothing: on the reference host 50 wake-ups
 * a second cost 0.8 % of a core, 20 cost 0.25 %. A ring holds what arrives meanwhile, 60 ms of a full gigabit link.
 */
const POLL_MS = 20
const QUIET_POLL_MS = 50
/** Packets a look up to which it counts as quiet (the sensor's own uplink is always heard), and looks that make a second. */
const QUIET_PACKETS = 50
const QUIET_POLLS = 50
const FLUSH_MS = 500
const SAMPLE_MS = 1_000
const SCAN_MS = 3_000
const FLOWS_A_FLUSH = 5_000
/** The kernel may hold a packet back this long before its block is handed over. */
const RETIRE_LAG_US = 100_000

export interface WireOptions {
  /** Names of the interfaces to capture; all that are up by default. */
  interfaces?: string[]
  /** Names never captured; a `*` at the end stands for any ending. */
  excludedInterfaces?: string[]
  /** Capture files in place of interfaces; speed 1 is as recorded, 0 as fast as they are read. */
  replay?: { files: string[]; speed: number }
  /** The sensor's own uplink, which is left out. */
  exclude?: ExcludedEndpoint[]
  idleTimeoutMs: number
  activeTimeoutMs: number
  /** Packet sockets opened ahead, for a process that may open none later. */
  sockets?: PacketSockets
  /** Most flows at a time, an interface. */
  maxFlows: number
  logger: Pick<Logger, 'info' | 'warn'>
}

export interface Wire extends Stage {
  /** Opens what can be opened now: interfaces or captures; part of `start` unless it was called before. Throws a CaptureError. */
  open(): Promise<void>
  /** Hands on everything that has ended so far. */
  flush(): void
  /** Resolves when a replay is over; never for live capture. */
  readonly ended: Promise<void>
  setTimeouts(timeouts: { idleTimeoutMs: number; activeTimeoutMs: number }): void
  /** How much is done with packets from now on. */
  setRung(rung: Rung): void
  /** Takes effect with the next scan of the host's interfaces, within 3 s; a replay has none. */
  setExcludedInterfaces(names: readonly string[]): void
}

export function createWire(options: WireOptions, sink: ObservationSink): Wire {
  return new CapturingWire(options, sink)
}

/** Polls the sources of all interfaces in one loop, samples their counters and hands on what came of it. */
class CapturingWire implements Wire {
  readonly ended: Promise<void>
  readonly #options: WireOptions
  readonly #sink: ObservationSink
  readonly #names = new AddressNames()
  readonly #exclusion: Exclusion
  readonly #live: LiveInterfaces | undefined
  #captured: CapturedInterface[] = []
  #samples: InterfaceSample[] = []
  #interfaces: Interface[] = []
  #retired: CapturedInterface[] = []
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  #rung: Rung = Rung.EVERYTHING
  #isOpen = false
  #isRunning = false
  #quietPolls = 0
  #packetsHandedOn = 0
  #packetsOfRetired = 0
  #flushedAt = 0
  #sampledAt = 0
  #scannedAt = 0
  #end: () => void = () => undefined

  constructor(options: WireOptions, sink: ObservationSink) {
    this.#options = { ...options }
    this.#sink = sink
    this.#exclusion = new Exclusion(options.exclude)
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    if (!options.replay) this.#live = new LiveInterfaces(options, (name) => this.#meter(name))
  }

  async open(): Promise<void> {
    if (this.#isOpen) return
    this.#isOpen = true
    const { replay } = this.#options
    if (replay) {
      this.#captured = await openReplay(replay, (name) => this.#meter(name))
      this.#interfaces = this.#captured.map(({ description }) => toInterface(description, 'file'))
    } else {
      warmUp()
      await this.#scan(true)
    }
  }

  async start(): Promise<void> {
    await this.open()
    this.#isRunning = true
    const now = Date.now()
    this.#flushedAt = now
    this.#sampledAt = now
    this.#scannedAt = now
    this.#tick()
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) {
      for (const { source } of this.#captured) await source.close()
      this.#captured = []
      this.#isOpen = false
      return
    }
    this.#isRunning = false
    clearTimeout(this.#timer as NodeJS.Timeout)
    clearImmediate(this.#timer as NodeJS.Immediate)
    if (this.#live) for (const captured of this.#captured) captured.drain()
    this.#sample(Date.now())
    for (const captured of this.#captured) await captured.source.close()
    for (const captured of this.#captured) this.#endFlows(captured)
    this.flush()
    this.#end()
  }

  flush(): void {
    const all = [...this.#captured, ...this.#retired]
    const packetsRead = all.reduce((sum, { meter }) => sum + meter.packetsRead, this.#packetsOfRetired)
    const observation: Observation = {
      flows: all.flatMap(({ meter }) => meter.takeFlows()),
      interfaceSamples: this.#samples,
      coverageGaps: all.flatMap(({ meter }) => meter.takeGaps()),
      interfaces: this.#interfaces,
      packetsRead: packetsRead - this.#packetsHandedOn,
      packetTimeUs: all.reduce((latest, { meter }) => Math.max(latest, meter.table.clockUs), 0),
    }
    for (const { meter } of this.#retired) this.#packetsOfRetired += meter.packetsRead
    this.#retired = []
    this.#samples = []
    this.#interfaces = []
    this.#packetsHandedOn = packetsRead
    this.#flushedAt = Date.now()
    this.#sink(observation)
  }

  setTimeouts(timeouts: { idleTimeoutMs: number; activeTimeoutMs: number }): void {
    Object.assign(this.#options, timeouts)
    for (const { meter } of this.#captured) meter.table.setTimeouts(toMicroseconds(timeouts))
  }

  setRung(rung: Rung): void {
    this.#rung = rung
    for (const { meter } of this.#captured) meter.rung = rung
  }

  setExcludedInterfaces(names: readonly string[]): void {
    this.#live?.setExcluded(names)
  }

  #tick = (): void => {
    let count = 0
    for (const captured of this.#captured) count += captured.poll()
    const now = Date.now()
    this.#advanceClocks(now)
    if (now - this.#sampledAt >= SAMPLE_MS) this.#sample(now)
    if (this.#live && now - this.#scannedAt >= SCAN_MS) {
      this.#scannedAt = now
      this.#scan(false).catch((error: unknown) =>
        this.#options.logger.warn({ err: error }, 'interfaces cannot be listed'),
      )
    }
    const pending = this.#captured.reduce((sum, { meter }) => sum + meter.endedFlows, 0)
    if (pending >= FLOWS_A_FLUSH || now - this.#flushedAt >= FLUSH_MS) this.flush()
    if (this.#options.replay && this.#captured.every(({ source }) => source.ended)) {
      void this.stop()
      return
    }
    this.#quietPolls = count > QUIET_PACKETS ? 0 : this.#quietPolls + 1
    const waitMs = this.#quietPolls > QUIET_POLLS ? QUIET_POLL_MS : POLL_MS
    if (this.#isRunning) this.#timer = count > 0 ? setImmediate(this.#tick) : setTimeout(this.#tick, waitMs)
  }

  /** A quiet wire has no packets to move the clock: the wall clock does, once everything that arrived is metered. */
  #advanceClocks(now: number): void {
    if (!this.#live) return
    for (const { isDrained, meter } of this.#captured) if (isDrained) meter.table.advance(now * 1000 - RETIRE_LAG_US)
  }

  #sample(now: number): void {
    this.#sampledAt = now
    const counters = this.#live ? readKernelCounters() : new Map()
    for (const captured of this.#captured) {
      this.#samples.push(captured.sample(now * 1000, counters.get(captured.description.name)))
    }
  }

  /** Opens what appeared, closes what vanished. Only the first scan may throw. */
  async #scan(isFirst: boolean): Promise<void> {
    const live = this.#live
    if (!live) return
    const { captured, retired, changed } = await live.scan(this.#captured, isFirst)
    if (!isFirst && !this.#isRunning) {
      for (const { source } of captured) await source.close()
      return
    }
    for (const gone of retired) this.#endFlows(gone)
    this.#captured = captured
    this.#retired.push(...retired)
    this.#interfaces.push(...changed)
  }

  #endFlows({ meter }: CapturedInterface): void {
    while (meter.table.endSome(FLOWS_A_FLUSH));
  }

  #meter(interfaceName: string): InterfaceMeter {
    const meter = new InterfaceMeter({
      interfaceName,
      ...toMicroseconds(this.#options),
      maxFlows: this.#options.maxFlows,
      exclusion: this.#exclusion,
      names: this.#names,
    })
    meter.rung = this.#rung
    return meter
  }
}

function toMicroseconds(timeouts: { idleTimeoutMs: number; activeTimeoutMs: number }): {
  idleTimeoutUs: number
  activeTimeoutUs: number
} {
  return { idleTimeoutUs: timeouts.idleTimeoutMs * 1000, activeTimeoutUs: timeouts.activeTimeoutMs * 1000 }
}

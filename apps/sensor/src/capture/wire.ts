import type { Interface, InterfaceSample } from '@picket/proto'
import type { Logger } from 'pino'
import { Rung } from '../budget/rung.ts'
import type { Observation, ObservationSink, Stage } from '../observation.ts'
import { AddressNames } from '../recognise/address-names.ts'
import type { Capture } from './capture.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { type ExcludedEndpoint, Exclusion } from './exclusion.ts'
import { HostLinks } from './host-links.ts'
import { InterfaceMeter } from './interface-meter.ts'
import { toInterface } from './interfaces.ts'
import { readKernelCounters } from './kernel-counters.ts'
import { LiveInterfaces } from './live-interfaces.ts'
import type { PacketSockets } from './packet-sockets.ts'
import { openReplay } from './replay.ts'
import { RETIRE_MS } from './ring-source.ts'
import { warmUp } from './warm-up.ts'

/** Rings and the news of links wake the loop. What cannot, is asked so often while nothing comes. */
const POLL_MS = 20
const IDLE_MS = 250
const FLUSH_MS = 500
const SAMPLE_MS = 1_000
/** Between looks at the host's interfaces: where their news is told, where it is not, and at least. */
const SCAN_MS = 10_000
const SCAN_BLIND_MS = 3_000
const SCAN_LEAST_MS = 50
const FLOWS_A_FLUSH = 1_000
/** The kernel may hold a packet back this long before its block is handed over, twice the time that is asked for. */
const RETIRE_LAG_US = 2_000 * RETIRE_MS

export interface WireOptions {
  /** Names of the interfaces to capture; all that are up by default. */
  interfaces?: string[]
  /** Names never captured; a `*` at the end stands for any ending. */
  excludedInterfaces?: string[]
  /** How interfaces are captured. */
  settings?: CaptureSettings
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
  readonly #links: HostLinks | undefined
  #captured: Capture[] = []
  #samples: InterfaceSample[] = []
  #interfaces: Interface[] = []
  #retired: Capture[] = []
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  #rung: Rung = Rung.EVERYTHING
  #isOpen = false
  #isRunning = false
  #isAsleep = false
  #hasNews = false
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
    if (options.replay) return
    const links = new HostLinks()
    const settings = options.settings ?? {}
    this.#links = links
    this.#live = new LiveInterfaces({ ...options, settings, links, meterFor: (name) => this.#meter(name) })
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
    const wasRunning = this.#isRunning
    this.#isRunning = false
    clearTimeout(this.#timer as NodeJS.Timeout)
    clearImmediate(this.#timer as NodeJS.Immediate)
    this.#links?.close()
    await Promise.all(this.#captured.map((one) => one.finish(Date.now() * 1000)))
    if (!wasRunning) {
      this.#captured = []
      this.#isOpen = false
      return
    }
    this.#sample(Date.now())
    this.flush()
    this.#end()
  }

  flush(): void {
    const all = [...this.#captured, ...this.#retired]
    const taken = all.map((one) => one.take())
    const packetsRead = taken.reduce((sum, one) => sum + one.packetsRead, this.#packetsOfRetired)
    const observation: Observation = {
      flows: taken.flatMap(({ flows }) => flows),
      interfaceSamples: this.#samples,
      coverageGaps: taken.flatMap(({ gaps }) => gaps),
      interfaces: this.#interfaces,
      packetsRead: packetsRead - this.#packetsHandedOn,
      packetTimeUs: taken.reduce((latest, { clockUs }) => Math.max(latest, clockUs), 0),
    }
    for (const one of taken.slice(this.#captured.length)) this.#packetsOfRetired += one.packetsRead
    this.#retired = []
    this.#samples = []
    this.#interfaces = []
    this.#packetsHandedOn = packetsRead
    this.#flushedAt = Date.now()
    this.#sink(observation)
  }

  setTimeouts(timeouts: { idleTimeoutMs: number; activeTimeoutMs: number }): void {
    Object.assign(this.#options, timeouts)
    for (const one of this.#captured) one.setTimeouts(toMicroseconds(timeouts))
  }

  setRung(rung: Rung): void {
    this.#rung = rung
    for (const one of this.#captured) one.setRung(rung)
  }

  setExcludedInterfaces(names: readonly string[]): void {
    this.#live?.setExcluded(names)
  }

  #tick = (): void => {
    let count = 0
    for (const one of this.#captured) count += one.poll()
    const now = Date.now()
    this.#advanceClocks(now)
    if (now - this.#sampledAt >= SAMPLE_MS) this.#sample(now)
    this.#look(now)
    const pending = this.#captured.reduce((sum, { endedFlows }) => sum + endedFlows, 0)
    if (pending >= FLOWS_A_FLUSH || now - this.#flushedAt >= FLUSH_MS) this.flush()
    if (this.#options.replay && this.#captured.every(({ isEnded }) => isEnded)) {
      void this.stop()
      return
    }
    this.#isAsleep = count === 0
    if (this.#isRunning) this.#timer = count > 0 ? setImmediate(this.#tick) : setTimeout(this.#tick, this.#sleepMs())
  }

  /** Milliseconds until the next look, unless something wakes the loop before. */
  #sleepMs(): number {
    this.#links?.wakeOnNews(this.#wake)
    // Every one is asked: those that can wake must.
    const wakes = this.#captured.map((one) => one.wakeWhenReady(this.#wake))
    return wakes.every(Boolean) ? IDLE_MS : POLL_MS
  }

  #wake = (): void => {
    if (!this.#isRunning || !this.#isAsleep) return
    clearTimeout(this.#timer as NodeJS.Timeout)
    this.#tick()
  }

  /** A quiet wire has no packets to move the clock: the wall clock does, once everything that arrived is metered. */
  #advanceClocks(now: number): void {
    if (this.#live) for (const one of this.#captured) one.advance(now * 1000 - RETIRE_LAG_US)
  }

  #sample(now: number): void {
    this.#sampledAt = now
    const counters = this.#live ? readKernelCounters() : new Map()
    for (const one of this.#captured) this.#samples.push(one.sample(now * 1000, counters.get(one.description.name)))
  }

  /** Looks for interfaces when there is news of them, or when it is time. */
  #look(now: number): void {
    const links = this.#links
    if (!links) return
    this.#hasNews = links.takeNews() || this.#hasNews
    const sinceMs = now - this.#scannedAt
    if (sinceMs < (this.#hasNews ? SCAN_LEAST_MS : links.isWatching ? SCAN_MS : SCAN_BLIND_MS)) return
    this.#scannedAt = now
    this.#hasNews = false
    this.#scan(false).catch((error: unknown) =>
      this.#options.logger.warn({ err: error }, 'interfaces cannot be listed'),
    )
  }

  /** Opens what appeared, finishes what vanished. Only the first scan may throw. */
  async #scan(isFirst: boolean): Promise<void> {
    const live = this.#live
    if (!live) return
    const { captured, retired, changed } = await live.scan(this.#captured, isFirst)
    if (!isFirst && !this.#isRunning) {
      for (const one of captured) await one.finish(Date.now() * 1000)
      return
    }
    for (const gone of retired) this.#samples.push(gone.sample(Date.now() * 1000, undefined))
    this.#captured = captured
    this.#retired.push(...retired)
    this.#interfaces.push(...changed)
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

import type { Rung } from '../budget/rung.ts'
import { setInliningLimitsFor } from '../compiler-limits.ts'
import type { ObservationSink } from '../observation.ts'
import type { Capture } from './capture.ts'
import { Handover } from './handover.ts'
import { HostLinks } from './host-links.ts'
import { toInterface } from './interfaces.ts'
import { readKernelCounters } from './kernel-counters.ts'
import { LiveInterfaces } from './live-interfaces.ts'
import { Meters, type Timeouts } from './meters.ts'
import { openReplay } from './replay.ts'
import { RETIRE_MS } from './ring-source.ts'
import { warmUp } from './warm-up.ts'
import type { Wire, WireOptions } from './wire-options.ts'

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

export function createWire(options: WireOptions, sink: ObservationSink): Wire {
  return new CapturingWire(options, sink)
}

/** Polls the sources of all interfaces in one loop, samples their counters and hands on what came of it. */
class CapturingWire implements Wire {
  readonly ended: Promise<void>
  readonly #options: WireOptions
  readonly #handover: Handover
  readonly #meters: Meters
  readonly #live: LiveInterfaces | undefined
  readonly #links: HostLinks | undefined
  #captured: Capture[] = []
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  #isOpen = false
  #isRunning = false
  #isAsleep = false
  #hasNews = false
  #flushedAt = 0
  #sampledAt = 0
  #packets = 0
  #scannedAt = 0
  #end: () => void = () => undefined

  constructor(options: WireOptions, sink: ObservationSink) {
    this.#options = options
    this.#handover = new Handover(sink)
    this.#meters = new Meters(options)
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    if (options.replay) return
    const links = new HostLinks()
    const settings = options.settings ?? {}
    this.#links = links
    this.#live = new LiveInterfaces({ ...options, settings, links, meters: this.#meters })
  }

  async open(): Promise<void> {
    if (this.#isOpen) return
    this.#isOpen = true
    const { replay } = this.#options
    if (replay) {
      this.#captured = await openReplay(replay, (name) => this.#meters.meterFor(name))
      this.#handover.tellInterfaces(this.#captured.map(({ description }) => toInterface(description, 'file')))
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
    await this.#handover.finish(this.#captured, this.#options)
    this.#end()
  }

  flush(): void {
    this.#flushedAt = Date.now()
    this.#handover.flush(this.#captured)
  }

  setTimeouts(timeouts: Timeouts): void {
    const inMicroseconds = this.#meters.setTimeouts(timeouts)
    for (const one of this.#captured) one.setTimeouts(inMicroseconds)
  }

  setRung(rung: Rung): void {
    this.#meters.rung = rung
    for (const one of this.#captured) one.setRung(rung)
  }

  setExcludedInterfaces(names: readonly string[]): void {
    this.#live?.setExcluded(names)
  }

  #tick = (): void => {
    let count = 0
    for (const one of this.#captured) count += one.poll()
    this.#packets += count
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
    setInliningLimitsFor((1_000 * this.#packets) / Math.max(SAMPLE_MS, now - this.#sampledAt))
    this.#packets = 0
    this.#sampledAt = now
    const counters = this.#live ? readKernelCounters() : new Map()
    for (const one of this.#captured)
      this.#handover.tellSample(one.sample(now * 1000, counters.get(one.description.name)))
  }

  /** Looks for interfaces when there is news of them, or when it is time. */
  #look(now: number): void {
    const links = this.#links
    if (!links) return
    this.#hasNews = links.takeNews() || this.#hasNews || this.#captured.some(({ isEnded }) => isEnded)
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
    for (const gone of retired) this.#handover.retire(gone, gone.sample(Date.now() * 1000, undefined))
    this.#captured = captured
    this.#handover.tellInterfaces(changed)
  }
}

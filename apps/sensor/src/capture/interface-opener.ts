import type { Logger } from 'pino'
import type { Capture } from './capture.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { CapturedInterface } from './captured-interface.ts'
import { differences } from './counter-differences.ts'
import { openFanout } from './fanout/open-fanout.ts'
import type { GapLedger } from './gap-ledger.ts'
import type { InterfaceDescription } from './interfaces.ts'
import { type KernelCounters, NO_COUNTERS, readKernelCounters } from './kernel-counters.ts'
import type { Meters } from './meters.ts'
import { openLiveSource } from './open-live-source.ts'
import type { PacketSockets } from './packet-sockets.ts'
import { RingAllowance } from './ring-allowance.ts'

/** Rings that may be large at a time, 48 MiB more each. */
const LARGE_RINGS = 1

export interface InterfaceOpenerOptions {
  settings: CaptureSettings
  sockets?: PacketSockets
  meters: Meters
  logger: Pick<Logger, 'info' | 'warn'>
}

/** How one interface is to be opened, among the others. */
export interface Opening {
  /** Interfaces that are captured together. */
  count: number
  /** See packets for other hosts too, whatever the settings say. */
  promiscuous: boolean
  vlanId: number | undefined
  /** The sensor starts: nothing passed unseen, and mistakes of its operator are thrown. */
  isFirst: boolean
}

/** Opens interfaces, and counts what passed those that came while the sensor runs before they were open. */
export class InterfaceOpener {
  readonly #options: InterfaceOpenerOptions
  readonly #refused = new Set<string>()
  readonly #allowance = new RingAllowance(LARGE_RINGS)
  /** The kernel's totals when the host was looked at last, of interfaces that were not captured then. */
  #passedBefore = new Map<string, KernelCounters>()
  #lookedAtUs = 0

  constructor(options: InterfaceOpenerOptions) {
    this.#options = options
  }

  /** Undefined where it cannot be captured, which is told once. */
  async open(description: InterfaceDescription, opening: Opening): Promise<Capture | undefined> {
    const { name } = description
    const { logger } = this.#options
    try {
      const capture = await this.#capture(description, opening)
      this.#refused.delete(name)
      logger.info({ interface: name, source: capture.source }, 'interface is captured')
      return capture
    } catch (error) {
      if (!(error instanceof CaptureError) || (opening.isFirst && error.exitCode === 2)) throw error
      if (!this.#refused.has(name)) logger.warn({ interface: name, code: error.code }, error.message)
      this.#refused.add(name)
      return undefined
    }
  }

  /** From these totals on nobody captures an interface. */
  startFrom(name: string, counters: KernelCounters | undefined): void {
    if (counters) this.#passedBefore.set(name, counters)
  }

  /** The host as it was looked at now. */
  remember(counters: ReadonlyMap<string, KernelCounters>, captured: readonly Capture[]): void {
    this.#lookedAtUs = Date.now() * 1000
    const isCaptured = new Set(captured.map(({ description }) => description.name))
    this.#passedBefore = new Map([...counters].filter(([name]) => !isCaptured.has(name)))
  }

  async #capture(description: InterfaceDescription, opening: Opening): Promise<Capture> {
    const { settings, sockets, meters, logger } = this.#options
    const { name } = description
    const rings = settings.fanout?.get(name) ?? 1
    if (rings > 1 && process.platform === 'linux') {
      const capture = await openFanout(description, { settings, sockets, meters, logger, rings, opening })
      this.#countPassed(capture.gaps, name, opening)
      return capture
    }
    const source = await openLiveSource(description, { settings, sockets, allowance: this.#allowance, ...opening })
    const meter = meters.meterFor(name)
    this.#countPassed(meter.gaps, name, opening)
    const counters = readKernelCounters().get(name)
    return new CapturedInterface({ description, source, meter, nowUs: Date.now() * 1000, counters })
  }

  #countPassed(gaps: GapLedger, name: string, { isFirst }: Opening): void {
    const counters = readKernelCounters().get(name)
    if (isFirst || !counters) return
    const { receivedPackets, sentPackets } = differences(this.#passedBefore.get(name) ?? NO_COUNTERS, counters)
    const span = { startUs: this.#lookedAtUs, endUs: Date.now() * 1000 }
    gaps.addPackets('before-capture', span, receivedPackets + sentPackets)
  }
}

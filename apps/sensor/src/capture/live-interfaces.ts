import type { Interface } from '@picket/proto'
import type { Logger } from 'pino'
import type { Capture } from './capture.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { CapturedInterface } from './captured-interface.ts'
import { differences } from './counter-differences.ts'
import { CoveredInterface } from './covered-interface.ts'
import type { HostLinks } from './host-links.ts'
import { ChangedInterfaces } from './changed-interfaces.ts'
import type { InterfaceMeter } from './interface-meter.ts'
import { type MeteringPlan, planMetering } from './interface-stack.ts'
import { type InterfaceDescription, listInterfaces } from './interfaces.ts'
import { type KernelCounters, NO_COUNTERS, readKernelCounters } from './kernel-counters.ts'
import type { LinkRelation } from './link-relation.ts'
import { openLiveSource } from './open-live-source.ts'
import type { PacketSockets } from './packet-sockets.ts'

export interface LiveInterfacesOptions {
  interfaces?: string[]
  excludedInterfaces?: string[]
  settings: CaptureSettings
  sockets?: PacketSockets
  links: HostLinks
  meterFor: (interfaceName: string) => InterfaceMeter
  logger: Pick<Logger, 'info' | 'warn'>
}

export interface InterfaceScan {
  /** Those that are told of from now on. */
  captured: Capture[]
  /** Those whose interface is gone, or seen elsewhere now; they are finished. */
  retired: Capture[]
  /** Interfaces that are new or whose description changed. */
  changed: Interface[]
}

/** What one look at the host found. */
interface Look {
  present: InterfaceDescription[]
  relations: LinkRelation[]
  counters: Map<string, KernelCounters>
  isFirst: boolean
}

/** Keeps what is captured in step with the interfaces of the host. */
export class LiveInterfaces {
  readonly #options: LiveInterfacesOptions
  readonly #changes = new ChangedInterfaces()
  readonly #refused = new Set<string>()
  #excluded: readonly string[]
  /** The kernel's totals when the host was looked at last, of interfaces that were not captured then. */
  #passedBefore = new Map<string, KernelCounters>()
  #lookedAtUs = 0
  #isScanning = false

  constructor(options: LiveInterfacesOptions) {
    this.#options = options
    this.#excluded = options.excludedInterfaces ?? []
  }

  /** Names not to capture from the next scan on. */
  setExcluded(names: readonly string[]): void {
    this.#excluded = names
  }

  /** The first scan throws a CaptureError when an interface asked for is missing or capture is not permitted. */
  async scan(current: readonly Capture[], isFirst: boolean): Promise<InterfaceScan> {
    if (this.#isScanning) return { captured: [...current], retired: [], changed: [] }
    this.#isScanning = true
    try {
      const present = listInterfaces().filter(({ name }) => this.#isWanted(name))
      if (isFirst) this.#checkPresent(present)
      const look = { present, relations: this.#options.links.relations(), counters: readKernelCounters(), isFirst }
      const { kept, renamed } = this.#keep(current, present)
      const { captured, plan } = await this.#cover([...kept], look)
      for (const one of captured) one.leaveOutVlans(plan.vlansElsewhere.get(one.description.name) ?? [])
      const retired = [...renamed, ...(await this.#finish(current, captured, renamed))]
      this.#remember(look, captured)
      return { captured, retired, changed: this.#changes.take(present, captured) }
    } finally {
      this.#isScanning = false
    }
  }

  #isWanted(name: string): boolean {
    const { interfaces } = this.#options
    if (interfaces && interfaces.length > 0) return interfaces.includes(name)
    return !this.#excluded.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    )
  }

  #checkPresent(present: InterfaceDescription[]): void {
    const missing = this.#options.interfaces?.filter((name) => !present.some((found) => found.name === name)) ?? []
    if (missing.length === 0) return
    const names = listInterfaces().map(({ name }) => name)
    throw new CaptureError(
      'capture-no-interface',
      `there is no interface ${missing.join(', ')}; here are ${names.join(', ')}`,
    )
  }

  /** An interface that is down keeps its ring, which takes up again by itself. Under a new name its ring goes on. */
  #keep(
    current: readonly Capture[],
    present: InterfaceDescription[],
  ): { kept: Capture[]; renamed: CapturedInterface[] } {
    const kept: Capture[] = []
    const renamed: CapturedInterface[] = []
    for (const capture of current) {
      const { name, index } = capture.description
      const found = present.find((description) => description.index === index)
      if (!found || capture.isEnded) continue
      if (found.name === name) kept.push(capture)
      else if (capture instanceof CapturedInterface) {
        const source = capture.handOver(Date.now() * 1000)
        const meter = this.#options.meterFor(found.name)
        const counters = readKernelCounters().get(found.name)
        kept.push(new CapturedInterface({ description: found, source, meter, nowUs: Date.now() * 1000, counters }))
        renamed.push(capture)
        this.#options.logger.info({ interface: found.name, before: name }, 'interface has a new name')
      }
      if (found.name === name) capture.description = found
    }
    return { kept, renamed }
  }

  /** Opens what is not captured yet, again without those that could not be opened: they meter nothing for others. */
  async #cover(captured: Capture[], look: Look): Promise<{ captured: Capture[]; plan: MeteringPlan }> {
    const failed = new Set<string>()
    for (;;) {
      const up = look.present.filter(({ name, isUp }) => isUp && !failed.has(name))
      const plan = planMetering(look.relations, new Set(up.map(({ name }) => name)))
      const failures = failed.size
      const count = up.length - plan.meteredBy.size
      for (const description of up) {
        const { name } = description
        const meteredBy = plan.meteredBy.get(name) ?? ''
        const found = captured.findIndex((one) => one.description.name === name)
        if (found >= 0 && captured[found].meteredBy === meteredBy) continue
        const opened = meteredBy
          ? this.#coverBy(meteredBy, description, look)
          : await this.#open(description, { look, plan, count, captured })
        if (!opened) failed.add(name)
        else if (found >= 0) captured[found] = opened
        else captured.push(opened)
      }
      if (failed.size === failures) return { captured, plan }
    }
  }

  #coverBy(meteredBy: string, description: InterfaceDescription, look: Look): Capture {
    const { name } = description
    this.#options.logger.info({ interface: name, by: meteredBy }, 'interface is metered by another')
    return new CoveredInterface({ description, meteredBy, nowUs: Date.now() * 1000, counters: look.counters.get(name) })
  }

  /** Undefined where it cannot be captured, which is told once. */
  async #open(
    description: InterfaceDescription,
    { look, plan, count, captured }: { look: Look; plan: MeteringPlan; count: number; captured: Capture[] },
  ): Promise<Capture | undefined> {
    const { name, index } = description
    const { settings, sockets, meterFor, logger } = this.#options
    const promiscuous = look.relations.some((link) => link.index === index && link.kind === 'bridge')
    try {
      const vlanId = plan.vlanOf.get(name)
      const source = await openLiveSource(description, { settings, sockets, count, promiscuous, vlanId })
      const meter = meterFor(name)
      const nowUs = Date.now() * 1000
      const counters = readKernelCounters().get(name)
      if (!look.isFirst && counters) this.#countPassed(meter, name, { nowUs, counters })
      this.#refused.delete(name)
      logger.info({ interface: name, source: source.kind }, 'interface is captured')
      return new CapturedInterface({ description, source, meter, nowUs, counters })
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      if (look.isFirst && error.exitCode === 2) {
        for (const one of captured) await one.finish(Date.now() * 1000)
        throw error
      }
      if (!this.#refused.has(name)) logger.warn({ interface: name, code: error.code }, error.message)
      this.#refused.add(name)
      return undefined
    }
  }

  /** Of an interface that came while the sensor runs: packets that passed it since the host was looked at before. */
  #countPassed(meter: InterfaceMeter, name: string, now: { nowUs: number; counters: KernelCounters }): void {
    const before = this.#passedBefore.get(name) ?? NO_COUNTERS
    const { receivedPackets, sentPackets } = differences(before, now.counters)
    const span = { startUs: this.#lookedAtUs, endUs: now.nowUs }
    meter.gaps.addPackets('before-capture', span, receivedPackets + sentPackets)
  }

  async #finish(
    current: readonly Capture[],
    captured: readonly Capture[],
    renamed: readonly Capture[],
  ): Promise<Capture[]> {
    const gone = current.filter((one) => !captured.includes(one) && !renamed.some((other) => other === one))
    for (const one of gone) {
      await one.finish(Date.now() * 1000)
      this.#options.logger.info({ interface: one.description.name }, 'interface is captured no more')
    }
    return gone
  }

  #remember({ counters }: Look, captured: readonly Capture[]): void {
    this.#lookedAtUs = Date.now() * 1000
    const isCaptured = new Set(captured.map(({ description }) => description.name))
    this.#passedBefore = new Map([...counters].filter(([name]) => !isCaptured.has(name)))
  }
}

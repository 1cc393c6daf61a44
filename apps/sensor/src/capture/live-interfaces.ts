import type { Interface } from '@picket/proto'
import type { Capture } from './capture.ts'
import { CaptureError } from './capture-error.ts'
import { CapturedInterface } from './captured-interface.ts'
import { ChangedInterfaces } from './changed-interfaces.ts'
import { CoveredInterface } from './covered-interface.ts'
import { FanoutInterface } from './fanout/fanout-interface.ts'
import type { HostLinks } from './host-links.ts'
import { InterfaceOpener, type InterfaceOpenerOptions } from './interface-opener.ts'
import { type MeteringPlan, planMetering } from './interface-stack.ts'
import { type InterfaceDescription, listInterfaces } from './interfaces.ts'
import { type KernelCounters, readKernelCounters } from './kernel-counters.ts'
import type { LinkRelation } from './link-relation.ts'

export interface LiveInterfacesOptions extends InterfaceOpenerOptions {
  interfaces?: string[]
  excludedInterfaces?: string[]
  links: HostLinks
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
  readonly #opener: InterfaceOpener
  #excluded: readonly string[]
  #isScanning = false

  constructor(options: LiveInterfacesOptions) {
    this.#options = options
    this.#opener = new InterfaceOpener(options)
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
      const { kept, renamed } = this.#keep(current, look)
      const { captured, plan } = await this.#cover([...kept], look)
      for (const one of captured) one.leaveOutVlans(plan.vlansElsewhere.get(one.description.name) ?? [])
      const retired = [...renamed, ...(await this.#finish(current, captured, renamed))]
      this.#opener.remember(look.counters, captured)
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
  #keep(current: readonly Capture[], look: Look): { kept: Capture[]; renamed: CapturedInterface[] } {
    const kept: Capture[] = []
    const renamed: CapturedInterface[] = []
    for (const capture of current) {
      const { name, index } = capture.description
      const found = look.present.find((description) => description.index === index)
      if (!found) continue
      if (capture.isEnded) {
        this.#opener.startFrom(found.name, look.counters.get(found.name))
        continue
      }
      if (found.name === name) {
        capture.description = found
        kept.push(capture)
        continue
      }
      if (capture instanceof CoveredInterface) continue
      this.#options.logger.info({ interface: found.name, before: name }, 'interface has a new name')
      if (capture instanceof FanoutInterface) {
        capture.rename(found)
        kept.push(capture)
      } else if (capture instanceof CapturedInterface) {
        kept.push(this.#goOn(capture, found))
        renamed.push(capture)
      }
    }
    return { kept, renamed }
  }

  /** The ring of an interface under its new name, with a meter of its own. */
  #goOn(capture: CapturedInterface, description: InterfaceDescription): CapturedInterface {
    const source = capture.handOver(Date.now() * 1000)
    const meter = this.#options.meters.meterFor(description.name)
    const counters = readKernelCounters().get(description.name)
    return new CapturedInterface({ description, source, meter, nowUs: Date.now() * 1000, counters })
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
          : await this.#open(description, { look, plan, count }, captured)
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

  /** What is open already is finished where the sensor is not to start. */
  async #open(
    description: InterfaceDescription,
    { look, plan, count }: { look: Look; plan: MeteringPlan; count: number },
    captured: readonly Capture[],
  ): Promise<Capture | undefined> {
    const { name, index } = description
    const promiscuous = look.relations.some((link) => link.index === index && link.kind === 'bridge')
    const opening = { count, promiscuous, vlanId: plan.vlanOf.get(name), isFirst: look.isFirst }
    try {
      return await this.#opener.open(description, opening)
    } catch (error) {
      for (const one of captured) await one.finish(Date.now() * 1000)
      throw error
    }
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
}

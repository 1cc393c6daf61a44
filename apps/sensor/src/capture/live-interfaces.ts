import type { Interface } from '@picket/proto'
import type { Logger } from 'pino'
import { CaptureError } from './capture-error.ts'
import { CapturedInterface } from './captured-interface.ts'
import type { InterfaceMeter } from './interface-meter.ts'
import { type InterfaceDescription, listInterfaces, toInterface } from './interfaces.ts'
import { readKernelCounters } from './kernel-counters.ts'
import { openLiveSource } from './open-live-source.ts'
import type { PacketSockets } from './packet-sockets.ts'

export interface LiveInterfacesOptions {
  interfaces?: string[]
  excludedInterfaces?: string[]
  sockets?: PacketSockets
  logger: Pick<Logger, 'info' | 'warn'>
}

export interface InterfaceScan {
  /** Those being captured from now on. */
  captured: CapturedInterface[]
  /** Those whose interface is gone or down; their sources are closed. */
  retired: CapturedInterface[]
  /** Interfaces that are new or whose description changed. */
  changed: Interface[]
}

/** Keeps the captured interfaces in step with those of the host. */
export class LiveInterfaces {
  readonly #options: LiveInterfacesOptions
  #excluded: readonly string[]
  readonly #meterFor: (interfaceName: string) => InterfaceMeter
  readonly #known = new Map<string, string>()
  readonly #refused = new Set<string>()
  #isScanning = false

  constructor(options: LiveInterfacesOptions, meterFor: (interfaceName: string) => InterfaceMeter) {
    this.#options = options
    this.#excluded = options.excludedInterfaces ?? []
    this.#meterFor = meterFor
  }

  /** Names not to capture from the next scan on. */
  setExcluded(names: readonly string[]): void {
    this.#excluded = names
  }

  /** The first scan throws a CaptureError when an interface asked for is missing or capture is not permitted. */
  async scan(current: readonly CapturedInterface[], isFirst: boolean): Promise<InterfaceScan> {
    if (this.#isScanning) return { captured: [...current], retired: [], changed: [] }
    this.#isScanning = true
    try {
      const present = listInterfaces().filter(({ name }) => this.#isWanted(name))
      if (isFirst) this.#checkPresent(present)
      const wanted = present.filter(({ isUp }) => isUp)
      const { kept, retired } = await this.#retire(current, wanted)
      const opened = await this.#openMissing(kept, wanted, isFirst)
      const captured = [...kept, ...opened]
      return { captured, retired, changed: this.#changed(present, captured) }
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

  async #retire(
    current: readonly CapturedInterface[],
    wanted: InterfaceDescription[],
  ): Promise<{ kept: CapturedInterface[]; retired: CapturedInterface[] }> {
    const kept: CapturedInterface[] = []
    const retired: CapturedInterface[] = []
    for (const captured of current) {
      const { name, index } = captured.description
      const found = wanted.find((description) => description.name === name && description.index === index)
      if (found && !captured.source.ended) {
        captured.description = found
        kept.push(captured)
      } else {
        await captured.retire(Date.now() * 1000)
        this.#options.logger.info({ interface: name }, 'interface is gone')
        retired.push(captured)
      }
    }
    return { kept, retired }
  }

  async #openMissing(
    kept: CapturedInterface[],
    wanted: InterfaceDescription[],
    isFirst: boolean,
  ): Promise<CapturedInterface[]> {
    const opened: CapturedInterface[] = []
    for (const description of wanted) {
      const { name } = description
      if (kept.some((captured) => captured.description.name === name)) continue
      try {
        const source = await openLiveSource(description, { sockets: this.#options.sockets, count: wanted.length })
        const counters = readKernelCounters().get(name)
        const nowUs = Date.now() * 1000
        opened.push(new CapturedInterface({ description, source, meter: this.#meterFor(name), nowUs, counters }))
        this.#refused.delete(name)
        this.#options.logger.info({ interface: name, source: source.kind }, 'interface is captured')
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error
        if (isFirst && error.exitCode === 2) throw await closeAll(opened, error)
        if (!this.#refused.has(name)) this.#options.logger.warn({ interface: name, code: error.code }, error.message)
        this.#refused.add(name)
      }
    }
    return opened
  }

  /** Descriptions that differ from what was told before; an interface that vanished is told once more, as down. */
  #changed(present: InterfaceDescription[], captured: CapturedInterface[]): Interface[] {
    const changed: Interface[] = []
    for (const description of present) {
      const source = captured.find((one) => one.description.name === description.name)?.source.kind ?? ''
      const told = toInterface(description, source)
      const text = JSON.stringify({ ...told, mac: [...told.mac] })
      if (this.#known.get(told.name) === text) continue
      this.#known.set(told.name, text)
      changed.push(told)
    }
    for (const name of this.#known.keys()) {
      if (present.some((description) => description.name === name)) continue
      this.#known.delete(name)
      changed.push({ name, mac: new Uint8Array(0), addresses: [], medium: 'other', up: false, mtu: 0, source: '' })
    }
    return changed
  }
}

async function closeAll(opened: CapturedInterface[], error: CaptureError): Promise<CaptureError> {
  for (const { source } of opened) await source.close()
  return error
}

import { Rung } from '../budget/rung.ts'
import { AddressNames } from '../recognise/address-names.ts'
import { type ExcludedEndpoint, Exclusion } from './exclusion.ts'
import type { RingMetering } from './fanout/ring-thread-messages.ts'
import { InterfaceMeter } from './interface-meter.ts'

export interface Timeouts {
  idleTimeoutMs: number
  activeTimeoutMs: number
}

export interface MetersOptions extends Timeouts {
  /** Most flows at a time, an interface. */
  maxFlows: number
  /** The sensor's own uplink, which is left out. */
  exclude?: readonly ExcludedEndpoint[]
}

/** How the packets of every interface are metered: the same settings, and one memory of names. */
export class Meters {
  readonly names = new AddressNames()
  rung: Rung = Rung.EVERYTHING
  readonly #options: MetersOptions
  readonly #exclusion: Exclusion

  constructor(options: MetersOptions) {
    this.#options = { ...options }
    this.#exclusion = new Exclusion(options.exclude)
  }

  /** Of the meters made from now on; returns them in microseconds. */
  setTimeouts(timeouts: Timeouts): { idleTimeoutUs: number; activeTimeoutUs: number } {
    const { idleTimeoutMs, activeTimeoutMs } = timeouts
    Object.assign(this.#options, { idleTimeoutMs, activeTimeoutMs })
    return toMicroseconds(timeouts)
  }

  /** A new one for an interface. */
  meterFor(interfaceName: string): InterfaceMeter {
    const meter = new InterfaceMeter({
      interfaceName,
      ...toMicroseconds(this.#options),
      maxFlows: this.#options.maxFlows,
      exclusion: this.#exclusion,
      names: this.names,
    })
    meter.rung = this.rung
    return meter
  }

  /** The same for each of so many rings of one interface. */
  forRings(rings: number): RingMetering {
    const { maxFlows, exclude } = this.#options
    return { ...toMicroseconds(this.#options), maxFlows: Math.ceil(maxFlows / rings), exclude }
  }
}

function toMicroseconds({ idleTimeoutMs, activeTimeoutMs }: Timeouts): {
  idleTimeoutUs: number
  activeTimeoutUs: number
} {
  return { idleTimeoutUs: idleTimeoutMs * 1000, activeTimeoutUs: activeTimeoutMs * 1000 }
}

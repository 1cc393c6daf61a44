import type { Interface } from '@picket/proto'
import type { Capture } from './capture.ts'
import { type InterfaceDescription, toInterface } from './interfaces.ts'

/** Remembers what was told of the host's interfaces. */
export class ChangedInterfaces {
  readonly #told = new Map<string, string>()

  /** Descriptions that differ from what was told before; an interface that vanished is told once more, as down. */
  take(present: readonly InterfaceDescription[], captured: readonly Capture[]): Interface[] {
    const changed: Interface[] = []
    for (const description of present) {
      const capture = captured.find((one) => one.description.name === description.name)
      const now = toInterface(description, capture?.source ?? '', capture?.meteredBy)
      const text = JSON.stringify({ ...now, mac: [...now.mac] })
      if (this.#told.get(now.name) === text) continue
      this.#told.set(now.name, text)
      changed.push(now)
    }
    for (const name of this.#told.keys()) {
      if (present.some((description) => description.name === name)) continue
      this.#told.delete(name)
      changed.push({ name, mac: new Uint8Array(0), addresses: [], medium: 'other', up: false, mtu: 0, source: '' })
    }
    return changed
  }
}

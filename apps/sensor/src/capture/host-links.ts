import { type LinkRelation, parseLinks } from './link-relation.ts'
import { type LinksAddon, loadLinksAddon, type NativeLinks } from './native-links.ts'

/** The links of this host and the news of them; where the system tells neither, every list is empty and nothing is news. */
export class HostLinks {
  readonly #addon: LinksAddon | undefined
  #subscription: NativeLinks | undefined

  constructor(addon = loadLinksAddon()) {
    this.#addon = addon
    try {
      this.#subscription = addon?.open()
    } catch {
      this.#subscription = undefined
    }
  }

  /** Whether `takeNews` tells of every change. */
  get isWatching(): boolean {
    return this.#subscription !== undefined
  }

  /** How interfaces are tied to one another now. */
  relations(): LinkRelation[] {
    try {
      return this.#addon ? parseLinks(this.#addon.dump()) : []
    } catch {
      return []
    }
  }

  /** Whether links came, went or changed since the call before. */
  takeNews(): boolean {
    return this.#subscription !== undefined && this.#addon!.take(this.#subscription)
  }

  /** Calls back once when there is news; false where that cannot be had. */
  wakeOnNews(wake: () => void): boolean {
    return this.#subscription !== undefined && this.#addon!.arm(this.#subscription, wake)
  }

  close(): void {
    if (this.#subscription) this.#addon?.close(this.#subscription)
    this.#subscription = undefined
  }
}

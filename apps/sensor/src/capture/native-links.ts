import { loadAddon } from '../native-addon.ts'

export interface NativeLinks {
  readonly subscription: unique symbol
}

/** The addon `native/links.cc`; its head comment is the contract. */
export interface LinksAddon {
  dump(): Uint8Array
  open(): NativeLinks
  arm(links: NativeLinks, callback: () => void): boolean
  take(links: NativeLinks): boolean
  close(links: NativeLinks): void
}

/** Undefined where there is none: it is Linux only, and interfaces are looked for by the clock then. */
export function loadLinksAddon(): LinksAddon | undefined {
  try {
    return loadAddon('links') as LinksAddon
  } catch {
    return undefined
  }
}

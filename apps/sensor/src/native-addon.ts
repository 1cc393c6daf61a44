import { createRequire } from 'node:module'

/** Loads an addon of `native/` by name; throws what Node throws where it is not built for this machine. */
export function loadAddon(name: 'ring' | 'process' | 'links' | 'filter'): unknown {
  return createRequire(import.meta.url)(`../native/build/Release/${name}.node`)
}

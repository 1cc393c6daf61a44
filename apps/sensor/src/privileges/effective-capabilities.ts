import { readFileSync } from 'node:fs'

/** Bits of linux/capability.h. */
const [CHOWN, SETGID, SETUID] = [0n, 6n, 7n]

/** Whether this process can give a folder to another account and become that account. */
export function mayBecomeAnother(capabilities = effectiveCapabilities()): boolean {
  const isRoot = process.getuid?.() === 0
  return isRoot && [CHOWN, SETGID, SETUID].every((bit) => ((capabilities >> bit) & 1n) === 1n)
}

/** Bits of the capabilities in effect for this process (capabilities(7)); 0 where there is no /proc. */
export function effectiveCapabilities(file = '/proc/self/status'): bigint {
  try {
    const [, bits = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(file, 'utf8')) ?? []
    return BigInt(`0x${bits}`)
  } catch {
    return 0n
  }
}

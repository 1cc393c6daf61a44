import { readFile, statfs } from 'node:fs/promises'
import type { DiskUsage } from '@picket/proto'

/** File systems of a device have a path for it; these have none and hold what is on a disk all the same. */
const WITHOUT_DEVICE = new Set(['zfs', 'overlay', 'btrfs', 'bcachefs'])
/** Packed images are always full. */
const ALWAYS_FULL = new Set(['squashfs', 'iso9660', 'erofs', 'cramfs'])
/** More are left out. */
const MOST_DISKS = 64

/** Where a disk is mounted. */
export interface Mount {
  readonly device: string
  readonly mount: string
}

/**
 * The local disks among /proc/PID/mounts (proc_pid_mounts(5)), each at the shortest of its places. What other machines serve is left out:
 * asking for it may take for ever.
 */
export function parseMounts(text: string): Mount[] {
  const byDevice = new Map<string, Mount>()
  for (const line of text.split('\n')) {
    const [device = '', place = '', type = ''] = line.split(' ').map(unescape)
    const isDisk = device.startsWith('/') ? !ALWAYS_FULL.has(type) : WITHOUT_DEVICE.has(type)
    const known = byDevice.get(device)
    if (isDisk && (known === undefined || place.length < known.mount.length))
      byDevice.set(device, { device, mount: place })
  }
  return [...byDevice.values()].slice(0, MOST_DISKS)
}

/** Blanks and backslashes come as three octal digits. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** How full each local disk is. One that cannot be asked is left out. Starts no program. */
export async function readDisks(): Promise<DiskUsage[]> {
  const disks: DiskUsage[] = []
  for (const { mount } of parseMounts(await readFile('/proc/self/mounts', 'utf8'))) {
    const found = await statfs(mount).catch(() => undefined)
    if (found === undefined || found.blocks === 0) continue
    const { blocks, bfree, bsize } = found
    disks.push({ mount, sizeBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize })
  }
  return disks
}

import type { InterfaceDescription } from './interfaces.ts'

/** A block must hold the largest packet, 64 KiB and headers. */
export const RING_BLOCK_OCTETS = 1 << 18

/** All rings of a host together, and one alone, in blocks: 64 MiB, 16 MiB, 8 MiB for loopback, 2 MiB. */
const ALL = 256
const MOST = 64
const MOST_OF_LOOPBACK = 32
const LEAST = 8

/**
 * Blocks for the ring of one of `count` interfaces. A ring has to hold what comes while the sensor does not run: 16 MiB are 120 ms
 * of a full gigabit link. Hosts of many interfaces have many virtual ones, over which the same packets pass.
 */
export function ringBlocks({ isLoopback }: Pick<InterfaceDescription, 'isLoopback'>, count: number): number {
  const share = Math.floor(ALL / Math.max(1, count))
  return Math.max(LEAST, Math.min(share, isLoopback ? MOST_OF_LOOPBACK : MOST))
}

/** Blocks of each of `rings` over one interface: together what one would have, as far as each has the least. */
export function fanoutBlocks(link: Pick<InterfaceDescription, 'isLoopback'>, count: number, rings: number): number {
  return Math.max(LEAST, Math.floor(ringBlocks(link, count) / rings))
}

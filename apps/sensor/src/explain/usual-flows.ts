import { hashText } from '../context/octet-hash.ts'
import { RecentlyUsed } from '../recently-used.ts'

/** Usual flows kept an interface, 90 KB. */
const ROWS = 256
/** A flow weighs like one of so many: older ones make room, so the rows follow the interface. */
const MEMORY_FLOWS = 4096
/** Interfaces followed; beyond it the one not used for longest begins anew. */
const MAX_INTERFACES = 8
/** From so many rows on an interface speaks for itself. */
const ENOUGH = 64
const SEED = 0x2545f491

interface Reservoir {
  readonly rows: Float32Array
  count: number
  seen: number
  /** Rises when all rows may have changed. */
  accepted: number
  random: number
}

/** Rows of usual flows, and a number that changes when they have become others. */
export interface UsualRows {
  readonly rows: Float32Array
  readonly revision: number
}

/** What usual flows of each interface look like: seeded reservoirs of their rows, bounded in rows and interfaces. */
export class UsualFlows {
  readonly #width: number
  readonly #reservoirs: RecentlyUsed<Reservoir>

  /** Rows have so many columns. */
  constructor(width: number) {
    this.#width = width
    this.#reservoirs = new RecentlyUsed(MAX_INTERFACES, (name) => ({
      rows: new Float32Array(ROWS * width),
      count: 0,
      seen: 0,
      accepted: 0,
      random: hashText(name, SEED) | 1,
    }))
  }

  /** Whether the next usual flow of the interface is to be added; its row need not be computed otherwise. */
  wants(name: string): boolean {
    const reservoir = this.#reservoirs.of(name)
    reservoir.seen++
    return reservoir.count < ROWS || this.#draw(reservoir, Math.min(reservoir.seen, MEMORY_FLOWS)) < ROWS
  }

  add(name: string, row: Float32Array): void {
    const reservoir = this.#reservoirs.of(name)
    const at = reservoir.count < ROWS ? reservoir.count++ : this.#draw(reservoir, ROWS)
    reservoir.rows.set(row, at * this.#width)
    reservoir.accepted++
  }

  /** Undefined while the interface has too few. The rows are read at once and not kept: later flows overwrite them. */
  rowsOf(name: string): UsualRows | undefined {
    const reservoir = this.#reservoirs.peek(name)
    if (reservoir === undefined || reservoir.count < ENOUGH) return undefined
    return {
      rows: reservoir.rows.subarray(0, reservoir.count * this.#width),
      revision: 1 + Math.floor(Math.log2(reservoir.accepted / ENOUGH)) + Math.floor(reservoir.accepted / (4 * ROWS)),
    }
  }

  /** A whole number below the limit (xorshift, Marsaglia 2003). */
  #draw(reservoir: Reservoir, limit: number): number {
    let state = reservoir.random
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    reservoir.random = state
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
}

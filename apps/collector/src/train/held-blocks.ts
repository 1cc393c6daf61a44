import { seededRandom } from './random.ts'

/** Spans of time a job's flows are cut into; with the host they make the blocks. */
const SLOTS = 40
const MIN_SLOT_US = 1_000_000
/** Share of the blocks that no model sees while it learns. */
const HOLDOUT_SHARE = 0.2

export interface BlockOptions {
  seed: number
  /** Span of the flows that will pass. */
  firstUs: number
  lastUs: number
  /** Share of the blocks that are held out; 1 holds everything out. Default a fifth. */
  share?: number
}

/** One host in one fortieth of the time. */
export interface Block {
  /** In the order they were first asked for. */
  number: number
  isHeld: boolean
}

/** Which block a flow is of. Whether it is held out depends on the seed and on the block alone, not on the order of the rows. */
export class HeldBlocks {
  readonly #options: BlockOptions
  readonly #slotUs: number
  readonly #blocks = new Map<string, Block>()

  constructor(options: BlockOptions) {
    this.#options = options
    this.#slotUs = Math.max(MIN_SLOT_US, (options.lastUs - options.firstUs) / SLOTS)
  }

  of({ sensorId, endUs }: { sensorId: string; endUs: number }): Block {
    const slot = Math.floor((endUs - this.#options.firstUs) / this.#slotUs)
    const key = `${sensorId} ${slot}`
    const known = this.#blocks.get(key)
    if (known) return known
    const draw = seededRandom(this.#options.seed ^ hashOf(key))
    const block = { number: this.#blocks.size, isHeld: draw() < (this.#options.share ?? HOLDOUT_SHARE) }
    this.#blocks.set(key, block)
    return block
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

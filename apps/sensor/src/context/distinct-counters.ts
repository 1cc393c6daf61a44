const INDEX_BITS = 6
const REGISTERS = 1 << INDEX_BITS
/** Bits of the hash that a register counts leading zeros of. */
const RANK_BITS = 32 - INDEX_BITS

/**
 * Counters of distinct things, one a slot, 64 octets each over the present and the last pane of time: HyperLogLog (Flajolet, Fusy, Gandouet,
 * Meunier 2007) with Ertl's estimator (2017, arXiv:1702.01284), which has no bias at small counts. Standard error 1.04 / sqrt(64) = 13 %.
 */
export class DistinctCounters {
  readonly #present: Uint8Array
  readonly #last: Uint8Array
  readonly #ranks = new Uint8Array(RANK_BITS + 2)
  /** The last estimate of each slot, -1 where a register rose since: most things were seen before. */
  readonly #estimates: Float64Array

  constructor(slots: number) {
    this.#present = new Uint8Array(slots * REGISTERS)
    this.#last = new Uint8Array(slots * REGISTERS)
    this.#estimates = new Float64Array(slots)
  }

  /** All there is to remember. */
  memory(): ArrayBufferView[] {
    return [this.#present, this.#last, this.#estimates]
  }

  /** Counts what has this hash of 32 bits. */
  add(slot: number, hash: number): void {
    const register = slot * REGISTERS + (hash >>> RANK_BITS)
    const rank = Math.min(RANK_BITS, Math.clz32(hash << INDEX_BITS)) + 1
    if (rank <= this.#present[register]) return
    this.#present[register] = rank
    if (rank > this.#last[register]) this.#estimates[slot] = -1
  }

  /** Begins a pane: the present one becomes the last. */
  turn(slot: number): void {
    const from = slot * REGISTERS
    this.#last.set(this.#present.subarray(from, from + REGISTERS), from)
    this.#present.fill(0, from, from + REGISTERS)
    this.#estimates[slot] = -1
  }

  clear(slot: number): void {
    const from = slot * REGISTERS
    this.#last.fill(0, from, from + REGISTERS)
    this.#present.fill(0, from, from + REGISTERS)
    this.#estimates[slot] = 0
  }

  /** How many distinct things there were in both panes together, about. */
  estimate(slot: number): number {
    if (this.#estimates[slot] < 0) this.#estimates[slot] = this.#estimate(slot)
    return this.#estimates[slot]
  }

  #estimate(slot: number): number {
    const ranks = this.#ranks.fill(0)
    const from = slot * REGISTERS
    for (let i = from; i < from + REGISTERS; i++) {
      const present = this.#present[i]
      const last = this.#last[i]
      ranks[present > last ? present : last]++
    }
    if (ranks[0] === REGISTERS) return 0
    let sum = REGISTERS * full(1 - ranks[RANK_BITS + 1] / REGISTERS)
    for (let rank = RANK_BITS; rank >= 1; rank--) sum = 0.5 * (sum + ranks[rank])
    sum += REGISTERS * empty(ranks[0] / REGISTERS)
    return (REGISTERS * REGISTERS) / (2 * Math.LN2 * sum)
  }
}

/** Ertl's sigma: what empty registers add. */
function empty(share: number): number {
  let [power, weight, sum, before] = [share, 1, share, -1]
  while (sum !== before) {
    power *= power
    before = sum
    sum += power * weight
    weight += weight
  }
  return sum
}

/** Ertl's tau: what full registers add. */
function full(share: number): number {
  if (share === 0 || share === 1) return 0
  let [root, weight, sum, before] = [share, 1, 1 - share, -1]
  while (sum !== before) {
    root = Math.sqrt(root)
    before = sum
    weight *= 0.5
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}

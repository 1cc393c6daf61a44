/** Gives each key a slot of a table of fixed size; when all are taken, that of the key not used for longest. */
export class SlotIndex {
  /** Keys that lost their slot. */
  evictions = 0
  /** Least recently used first. */
  readonly #slots = new Map<number, number>()
  readonly #size: number
  readonly #onNew: (slot: number) => void

  /** `onNew` makes a slot as if it had never been used. */
  constructor(size: number, onNew: (slot: number) => void) {
    this.#size = size
    this.#onNew = onNew
  }

  slotOf(key: number): number {
    const found = this.#slots.get(key)
    if (found !== undefined) {
      this.#slots.delete(key)
      this.#slots.set(key, found)
      return found
    }
    const slot = this.#slots.size < this.#size ? this.#slots.size : this.#takeOldest()
    this.#slots.set(key, slot)
    this.#onNew(slot)
    return slot
  }

  #takeOldest(): number {
    const [key, slot] = this.#slots.entries().next().value!
    this.#slots.delete(key)
    this.evictions++
    return slot
  }
}

/** A key of 53 bits from two hashes of 32: among a million keys, one pair in 20,000 tables is taken for one. */
export const joinHashes = (high: number, low: number): number => (high & 0x1fffff) * 2 ** 32 + low

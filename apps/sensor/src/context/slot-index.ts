const HAND = 0
const TAKEN = 1

/**
 * Gives each key a slot of a table of fixed size; when all are taken, one whose key was not used since the hand passed it last (second
 * chance, Corbato 1968): nearly the one not used for longest, and a look-up moves nothing.
 */
export class SlotIndex {
  /** Keys that lost their slot. */
  evictions = 0
  readonly #slots = new Map<number, number>()
  readonly #keys: Float64Array
  readonly #isUsed: Uint8Array
  readonly #onNew: (slot: number) => void
  /** The hand, and how many slots are taken. */
  readonly #places = new Uint32Array(2)

  /** `onNew` makes a slot as if it had never been used. */
  constructor(size: number, onNew: (slot: number) => void) {
    this.#keys = new Float64Array(size)
    this.#isUsed = new Uint8Array(size)
    this.#onNew = onNew
  }

  slotOf(key: number): number {
    const found = this.#slots.get(key)
    if (found !== undefined) {
      this.#isUsed[found] = 1
      return found
    }
    const slot = this.#slots.size < this.#keys.length ? this.#slots.size : this.#takeUnused()
    this.#slots.set(key, slot)
    this.#keys[slot] = key
    this.#places[TAKEN] = this.#slots.size
    this.#onNew(slot)
    return slot
  }

  /** All there is to remember. */
  memory(): ArrayBufferView[] {
    return [this.#keys, this.#isUsed, this.#places]
  }

  /** After the memory was filled in. Throws a RangeError where it contradicts itself. */
  recall(): void {
    const [hand, taken] = this.#places
    this.#slots.clear()
    this.#keys.subarray(0, taken).forEach((key, slot) => this.#slots.set(key, slot))
    if (this.#slots.size !== taken || hand >= this.#keys.length)
      throw new RangeError('an index that contradicts itself')
  }

  #takeUnused(): number {
    let slot = this.#places[HAND]
    while (this.#isUsed[slot] === 1) {
      this.#isUsed[slot] = 0
      slot = (slot + 1) % this.#keys.length
    }
    this.#places[HAND] = (slot + 1) % this.#keys.length
    this.#slots.delete(this.#keys[slot])
    this.evictions++
    return slot
  }
}

/** A key of 53 bits from two hashes of 32: among a million keys, one pair in 20,000 tables is taken for one. */
export const joinHashes = (high: number, low: number): number => (high & 0x1fffff) * 2 ** 32 + low

/**
 * Open addressing from a 32-bit hash to a slot number, linear probing, at most half full, deletion by shifting back.
 * Entries are [hash, slot + 1] pairs side by side, so a miss costs one cache line and no look at a record.
 */
export class HashIndex {
  #entries: Uint32Array
  #mask: number

  /** `capacity` slots at most; a power of two. */
  constructor(capacity: number) {
    this.#entries = new Uint32Array(capacity * 4)
    this.#mask = capacity * 2 - 1
  }

  /** Position of the first entry with this hash from `position` on; -1 where the probe sequence ends. */
  find(hash: number, position: number): number {
    const entries = this.#entries
    for (let at = position & this.#mask; ; at = (at + 1) & this.#mask) {
      if (entries[2 * at + 1] === 0) return -1
      if (entries[2 * at] === hash) return at
    }
  }

  slotAt(position: number): number {
    return this.#entries[2 * position + 1] - 1
  }

  insert(hash: number, slot: number): void {
    const entries = this.#entries
    let at = hash & this.#mask
    while (entries[2 * at + 1] !== 0) at = (at + 1) & this.#mask
    entries[2 * at] = hash
    entries[2 * at + 1] = slot + 1
  }

  remove(hash: number, slot: number): void {
    const entries = this.#entries
    const mask = this.#mask
    let hole = hash & mask
    while (entries[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; entries[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const home = entries[2 * at] & mask
      // The entry may fill the hole unless its home lies after the hole, on the way to where it is.
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      entries[2 * hole] = entries[2 * at]
      entries[2 * hole + 1] = entries[2 * at + 1]
      hole = at
    }
    entries[2 * hole + 1] = 0
  }

  /** Doubles the capacity. */
  grow(): void {
    const old = this.#entries
    this.#entries = new Uint32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.insert(old[i], old[i + 1] - 1)
  }
}

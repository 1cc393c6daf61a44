/** Addresses remembered of each kind; a host talks to fewer at a time, and one that was displaced is only made anew. */
const ENTRIES = 1_024
const MASK = ENTRIES - 1
const WORDS = 4

/**
 * Addresses of exported flows as octets, one object for all flows that named the same address lately: most are repeated, and an
 * array each costs as much as all the numbers of a flow. Direct-mapped. Whoever gets one leaves it as it is.
 */
export class AddressCopies {
  readonly #octets: number
  readonly #keys = new Int32Array(ENTRIES * WORDS)
  readonly #copies: (Uint8Array | undefined)[] = Array.from({ length: ENTRIES }, () => undefined)

  /** For addresses of so many octets, at most 16. */
  constructor(octets: number) {
    this.#octets = octets
  }

  /** The address of these words, high octet first; what an address does not fill is 0. */
  of(a: number, b: number, c: number, d: number): Uint8Array {
    const keys = this.#keys
    let hash = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 15) ^ c ^ Math.imul(d, 0xc2b2ae35), 0x9e3779b1)
    const entry = (hash ^ (hash >>> 16)) & MASK
    const at = entry * WORDS
    const known = this.#copies[entry]
    const isSame = keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d
    if (known !== undefined && isSame) return known
    keys[at] = a
    keys[at + 1] = b
    keys[at + 2] = c
    keys[at + 3] = d
    const address = new Uint8Array(this.#octets)
    for (let i = 0; i < address.length; i++) address[i] = keys[at + (i >> 2)] >>> (24 - 8 * (i & 3))
    this.#copies[entry] = address
    return address
  }
}

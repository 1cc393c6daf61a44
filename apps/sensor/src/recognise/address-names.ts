/**
 * Names that DNS answers gave to addresses, so that flows without a name of their own get one. Bounded: the entry
 * written longest ago makes room.
 */
export class AddressNames {
  readonly #limit: number
  readonly #names = new Map<number | string, string>()

  constructor(limit = 16_384) {
    this.#limit = limit
  }

  get size(): number {
    return this.#names.size
  }

  /** `offset` is where 4 or 16 octets of address start. */
  add(bytes: Uint8Array, offset: number, length: number, name: string): void {
    const key = keyOf(bytes, offset, length)
    this.#names.delete(key)
    if (this.#names.size >= this.#limit) this.#names.delete(this.#names.keys().next().value as number | string)
    this.#names.set(key, name)
  }

  /** Empty when the address was never in an answer. */
  nameOf(address: Uint8Array): string {
    if (this.#names.size === 0 || address.length === 0) return ''
    return this.#names.get(keyOf(address, 0, address.length)) ?? ''
  }
}

function keyOf(bytes: Uint8Array, offset: number, length: number): number | string {
  if (length === 4) {
    return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('latin1')
}

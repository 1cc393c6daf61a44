/** Remembers the result of a costly reading for a while; a failed reading is also left alone for that long. */
export class Cached<T> {
  readonly #read: () => Promise<T>
  readonly #lifetimeMs: number
  #value: T
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(initial: T, lifetimeMs: number, read: () => Promise<T>) {
    this.#value = initial
    this.#lifetimeMs = lifetimeMs
    this.#read = read
  }

  async get(nowMs: number): Promise<T> {
    if (nowMs - this.#readAtMs < this.#lifetimeMs) return this.#value
    this.#readAtMs = nowMs
    this.#value = await this.#read()
    return this.#value
  }
}

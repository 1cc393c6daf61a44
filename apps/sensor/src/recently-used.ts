/**
 * One value a name, of at most so many names: beyond it the one not asked for longest is forgotten. The name of the question before is
 * answered without a look-up, since flows come interface by interface.
 */
export class RecentlyUsed<T> {
  readonly #most: number
  readonly #create: (name: string) => T
  /** Least recently used first. */
  readonly #values = new Map<string, T>()
  #latest: { readonly name: string; readonly value: T } | undefined

  constructor(most: number, create: (name: string) => T) {
    this.#most = most
    this.#create = create
  }

  get size(): number {
    return this.#values.size
  }

  /** The value of this name, made where there is none. */
  of(name: string): T {
    if (this.#latest?.name === name) return this.#latest.value
    const value = this.#values.get(name) ?? this.#create(name)
    this.set(name, value)
    return value
  }

  /** Undefined where there is none; not counted as a use. */
  peek(name: string): T | undefined {
    return this.#values.get(name)
  }

  /** Becomes the one used last. */
  set(name: string, value: T): void {
    this.#values.delete(name)
    this.#values.set(name, value)
    this.#latest = { name, value }
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value!)
  }

  clear(): void {
    this.#values.clear()
    this.#latest = undefined
  }

  /** Least recently used first. */
  entries(): IterableIterator<[string, T]> {
    return this.#values.entries()
  }
}

/** Octets of one handshake message at most: a hello with post-quantum keys takes about 2 KiB. */
const SIZE = 8_192
/** Assemblies at a time, 9 KiB each; the one begun longest ago makes room. */
const LIMIT = 256

/** One handshake message put together from pieces at any offsets, as QUIC's CRYPTO frames and DTLS fragments bring them. */
export class MessageAssembly {
  readonly bytes = new Uint8Array(SIZE)
  /** Octets without a hole from the start. */
  length = 0
  readonly #received = new Uint8Array(SIZE)

  clear(): void {
    this.length = 0
    this.#received.fill(0)
  }

  add(offset: number, source: Uint8Array, from: number, to: number): void {
    const end = Math.min(offset + to - from, SIZE)
    for (let at = offset; at < end; at++) {
      this.bytes[at] = source[from + at - offset]
      this.#received[at] = 1
    }
    while (this.length < SIZE && this.#received[this.length] === 1) this.length++
  }
}

/** Who has one keeps its ticket; it is theirs as long as the ticket is good. */
export class MessageAssemblies {
  /** Assemblies taken from a flow before they were whole. */
  displaced = 0
  readonly #assemblies: MessageAssembly[] = []
  readonly #tickets = new Uint32Array(LIMIT)
  #next = 0

  /** A ticket for an empty assembly, never 0. */
  begin(): number {
    const ticket = ++this.#next
    const place = ticket % LIMIT
    if (this.#tickets[place] !== 0) this.displaced++
    this.#assemblies[place] ??= new MessageAssembly()
    this.#assemblies[place].clear()
    this.#tickets[place] = ticket
    return ticket
  }

  /** Undefined where the assembly went to another flow. */
  get(ticket: number): MessageAssembly | undefined {
    return ticket !== 0 && this.#tickets[ticket % LIMIT] === ticket ? this.#assemblies[ticket % LIMIT] : undefined
  }

  end(ticket: number): void {
    if (this.#tickets[ticket % LIMIT] === ticket) this.#tickets[ticket % LIMIT] = 0
  }
}

const INITIAL_SIZE = 4_096
/** A ClientHello with post-quantum keys and padding stays under 4 KiB; a header block under 16 KiB. */
export const MAX_HEAD = 16_384

/**
 * The first octets of one direction of a TCP stream, put in order. Holds at most MAX_HEAD octets and one range that
 * came early; what comes earlier still is left out until it is sent again.
 */
export class StreamHead {
  bytes = new Uint8Array(INITIAL_SIZE)
  /** Octets in order from the start. */
  length = 0
  #firstSequence = 0
  #earlyStart = 0
  #earlyEnd = 0

  /** Forgets what it held and begins at a sequence number. */
  start(firstSequence: number): void {
    this.#firstSequence = firstSequence
    this.length = 0
    this.#earlyStart = 0
    this.#earlyEnd = 0
  }

  get isFull(): boolean {
    return this.length >= MAX_HEAD
  }

  add(sequence: number, bytes: Uint8Array, from: number, to: number): void {
    const start = (sequence - this.#firstSequence) | 0
    const end = Math.min(start + (to - from), MAX_HEAD)
    if (start < 0 || end <= start || end <= this.length) return
    if (end > this.bytes.length) this.#grow(end)
    this.bytes.set(bytes.subarray(from, from + end - start), start)
    if (start <= this.length) this.length = end
    else {
      this.#earlyStart = start
      this.#earlyEnd = end
    }
    if (this.#earlyEnd > this.length && this.#earlyStart <= this.length) this.length = this.#earlyEnd
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.min(MAX_HEAD, Math.max(needed, this.bytes.length * 2)))
    larger.set(this.bytes)
    this.bytes = larger
  }
}

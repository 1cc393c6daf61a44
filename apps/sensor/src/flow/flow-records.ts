import { RECORD_F64, RECORD_WORDS } from './layout.ts'

/** The memory of all flow records, as three views of one buffer; grows by doubling, slots keep their numbers. */
export class FlowRecords {
  words: Uint32Array
  doubles: Float64Array
  bytes: Uint8Array
  /** Earliest packet time at which a slot can have to be ended; Infinity for free slots. Never too late. */
  deadlines: Float64Array
  capacity: number
  /** Slots ever used are below this. */
  highWater = 0
  #free: Int32Array
  #freeCount = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.words = new Uint32Array(capacity * RECORD_WORDS)
    this.doubles = new Float64Array(this.words.buffer)
    this.bytes = new Uint8Array(this.words.buffer)
    this.deadlines = new Float64Array(capacity).fill(Infinity)
    this.#free = new Int32Array(capacity)
  }

  /** A zeroed slot, or -1 when all are taken. */
  allocate(): number {
    if (this.#freeCount > 0) return this.#free[--this.#freeCount]
    return this.highWater < this.capacity ? this.highWater++ : -1
  }

  release(slot: number): void {
    this.clear(slot)
    this.deadlines[slot] = Infinity
    this.#free[this.#freeCount++] = slot
  }

  clear(slot: number): void {
    this.doubles.fill(0, slot * RECORD_F64, (slot + 1) * RECORD_F64)
  }

  grow(): void {
    const { words, deadlines } = this
    const free = this.#free
    this.capacity *= 2
    this.words = new Uint32Array(this.capacity * RECORD_WORDS)
    this.words.set(words)
    this.doubles = new Float64Array(this.words.buffer)
    this.bytes = new Uint8Array(this.words.buffer)
    this.deadlines = new Float64Array(this.capacity).fill(Infinity)
    this.deadlines.set(deadlines)
    this.#free = new Int32Array(this.capacity)
    this.#free.set(free)
  }
}

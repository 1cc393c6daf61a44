import { loadProcessAddon } from '../process-addon.ts'
import * as layout from './layout.ts'

const { HASH, RECORD_F64, RECORD_WORDS } = layout

/** Most records of a table: so far offsets in words fit OFFSETS, and slots the 24 bits they have in the index. */
export const MAX_RECORDS = 7_000_000

/** Slots that share a chunk deadline, as a shift. Those under way have stale ones: larger chunks are looked through more often. */
export const CHUNK_SHIFT = 4

/** Large buffers start 16 octets into a page (glibc): so far in, records start with a cache line. */
const ALIGNMENT = 48

/**
 * So many octets are in small pages: a quiet interface takes what its flows need. Behind them huge ones save the processor a tenth of its time,
 * as records are met in no order.
 */
const SMALL_PAGES = 2 << 20

/**
 * The memory of all flow records, as views of one buffer that is made at its full size. The system gives pages as they
 * are first written to, so what is resident grows with the slots ever used, and nothing is ever copied to make room.
 */
export class FlowRecords {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly floats: Float32Array
  readonly halves: Uint16Array
  readonly bytes: Uint8Array
  /** Earliest packet time at which a slot can have to be ended; Infinity for free slots. Never too late. */
  readonly deadlines: Float64Array
  /** Not after the earliest deadline of each CHUNK slots, so that looking for flows to end passes over most of them. */
  readonly chunkDeadlines: Float64Array
  readonly capacity: number
  /** Slots ever used are below this. */
  highWater = 0
  /** Slot plus 1; a free record holds the next one in its word HASH. */
  #firstFree = 0

  constructor(capacity: number) {
    if (capacity > MAX_RECORDS) throw new RangeError(`${capacity} flows; at most ${MAX_RECORDS} fit one table`)
    const buffer = new ArrayBuffer(ALIGNMENT + capacity * RECORD_WORDS * 4)
    const octets = capacity * RECORD_WORDS * 4
    loadProcessAddon()?.preferHugePages(buffer, SMALL_PAGES)
    this.capacity = capacity
    this.words = new Int32Array(buffer, ALIGNMENT, octets / 4)
    this.doubles = new Float64Array(buffer, ALIGNMENT, octets / 8)
    this.floats = new Float32Array(buffer, ALIGNMENT, octets / 4)
    this.halves = new Uint16Array(buffer, ALIGNMENT, octets / 2)
    this.bytes = new Uint8Array(buffer, ALIGNMENT, octets)
    this.deadlines = new Float64Array(capacity)
    this.chunkDeadlines = new Float64Array((capacity >> CHUNK_SHIFT) + 1).fill(Infinity)
  }

  /** A zeroed slot, or -1 when all are taken. */
  allocate(): number {
    if (this.#firstFree === 0) return this.highWater < this.capacity ? this.highWater++ : -1
    const slot = this.#firstFree - 1
    const hash = slot * RECORD_WORDS + HASH
    this.#firstFree = this.words[hash]
    this.words[hash] = 0
    return slot
  }

  /** Sets when a slot can have to be ended. */
  setDeadline(slot: number, timeUs: number): void {
    const chunk = slot >> CHUNK_SHIFT
    this.deadlines[slot] = timeUs
    if (timeUs < this.chunkDeadlines[chunk]) this.chunkDeadlines[chunk] = timeUs
  }

  release(slot: number): void {
    this.doubles.fill(0, slot * RECORD_F64, (slot + 1) * RECORD_F64)
    this.deadlines[slot] = Infinity
    this.words[slot * RECORD_WORDS + HASH] = this.#firstFree
    this.#firstFree = slot + 1
  }
}

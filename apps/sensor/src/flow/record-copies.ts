import { RECORD_WORDS } from './layout.ts'

/** Records that share a buffer: 36 KiB, kept as long as one of its flows is. */
const RECORDS = 64

/** Copies of records that have left the table, as views of one buffer like those of the table itself. */
export class RecordCopies {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly floats: Float32Array
  readonly halves: Uint16Array
  readonly bytes: Uint8Array
  #end = 0

  constructor() {
    // Not zeroed: each record is copied over all of its place before it is read.
    const { buffer } = Buffer.allocUnsafeSlow(RECORDS * RECORD_WORDS * 4)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
    this.floats = new Float32Array(buffer)
    this.halves = new Uint16Array(buffer)
    this.bytes = new Uint8Array(buffer)
  }

  get isFull(): boolean {
    return this.#end === this.words.length
  }

  /** Copies the record that starts at `from`; returns where the copy starts, in words. */
  add(source: Int32Array, from: number): number {
    const at = this.#end
    this.words.set(source.subarray(from, from + RECORD_WORDS), at)
    this.#end = at + RECORD_WORDS
    return at
  }
}

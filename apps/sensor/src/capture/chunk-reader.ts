import { closeSync, readSync } from 'node:fs'
import { CaptureError } from './capture-error.ts'
import { openCapture } from './open-capture.ts'

const CHUNK = 1 << 17
/** No record of a sound capture is larger: jumbo frames, aggregated segments and block options stay far below. */
const MAX_RECORD = 1 << 26

/** Reads a file forward in chunks and shows a window of it that always holds what was asked for, as far as there is. */
export class ChunkReader {
  readonly path: string
  bytes: Uint8Array
  view: DataView
  /** Next octet to be consumed, and end of what is in memory, as offsets into `bytes`. */
  position = 0
  end = 0
  /** Why a compressed file could not be unpacked to its end. */
  error: CaptureError | undefined
  /** Octets of the capture before those in memory. */
  #consumed = 0
  #descriptor = -1
  #exhausted = false

  /** With `octets` the capture is in memory already, and `path` its name in messages. */
  constructor(path: string, octets?: Uint8Array) {
    this.path = path
    this.bytes = octets ?? new Uint8Array(CHUNK)
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    this.end = octets?.length ?? 0
    this.#exhausted = octets !== undefined
  }

  async open(): Promise<void> {
    if (this.#exhausted) return
    try {
      const { descriptor, first, error } = await openCapture(this.path)
      this.#descriptor = descriptor
      this.error = error
      this.bytes.set(first)
      this.end = first.length
    } catch (error) {
      throw unreadable(this.path, error)
    }
  }

  /** Where `position` is in the capture. */
  get offset(): number {
    return this.#consumed + this.position
  }

  /** Makes `length` octets available from `position`; returns whether the file has them. */
  ensure(length: number): boolean {
    if (this.end - this.position >= length) return true
    if (length > MAX_RECORD || this.#exhausted) return false
    if (length > this.bytes.length) this.#resize(length)
    else if (this.position > 0) this.bytes.copyWithin(0, this.position, this.end)
    this.end -= this.position
    this.#consumed += this.position
    this.position = 0
    while (!this.#exhausted && this.end < length) this.#fill()
    return this.end >= length
  }

  /** Whether the file ends exactly at `position`. */
  atEnd(): boolean {
    return !this.ensure(1)
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
    this.#exhausted = true
  }

  #resize(length: number): void {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(length)))
    larger.set(this.bytes.subarray(this.position, this.end))
    this.bytes = larger
    this.view = new DataView(larger.buffer)
  }

  #fill(): void {
    try {
      const count = readSync(this.#descriptor, this.bytes, this.end, this.bytes.length - this.end, null)
      if (count === 0) this.#exhausted = true
      this.end += count
    } catch (error) {
      this.#exhausted = true
      throw unreadable(this.path, error)
    }
  }
}

function unreadable(path: string, error: unknown): CaptureError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new CaptureError(
    'capture-file-unreadable',
    `${path}: cannot be read (${reason}); give a readable capture file`,
  )
}

import type { ChunkReader } from './chunk-reader.ts'
import type { Frame } from './frame.ts'
import { LinkType } from './link-type.ts'

/** Frames found at a time: what is read ahead for them fits the first cache of a processor. */
const SIZE = 64

/** Where the next frames of a capture lie in the memory of its reader, found in one go. Good until the reader moves on. */
export class FrameBatch {
  bytes: Uint8Array = new Uint8Array(0)
  /** The same octets. */
  view: DataView = new DataView(this.bytes.buffer)
  linkType: number = LinkType.ETHERNET
  readonly offsets = new Int32Array(SIZE)
  readonly capturedLengths = new Int32Array(SIZE)
  /** Frames found. */
  count = 0
  readonly #wireLengths = new Float64Array(SIZE)
  readonly #timesUs = new Float64Array(SIZE)
  #shown = 0

  /** Empties it, for frames of one link type in what the reader has in memory now. */
  begin({ bytes, view }: ChunkReader, linkType: number): void {
    if (this.bytes !== bytes) {
      this.bytes = bytes
      this.view = view
    }
    this.linkType = linkType
    this.count = 0
    this.#shown = 0
  }

  /** Notes a frame; false where there is no room for another. */
  add(offset: number, capturedLength: number, wireLength: number, timeUs: number): boolean {
    const i = this.count
    this.offsets[i] = offset
    this.capturedLengths[i] = capturedLength
    this.#wireLengths[i] = wireLength
    this.#timesUs[i] = timeUs
    this.count = i + 1
    return i + 1 < SIZE
  }

  /** Puts the next of them into `frame`; false where all were shown. */
  show(frame: Frame): boolean {
    const i = this.#shown
    if (i >= this.count) return false
    this.#shown = i + 1
    if (frame.bytes !== this.bytes) frame.bytes = this.bytes
    frame.linkType = this.linkType
    frame.offset = this.offsets[i]
    frame.capturedLength = this.capturedLengths[i]
    frame.wireLength = this.#wireLengths[i]
    frame.timeUs = this.#timesUs[i]
    return true
  }
}

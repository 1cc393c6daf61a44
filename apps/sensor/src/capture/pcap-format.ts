import type { CaptureFormat } from './capture-format.ts'
import { CaptureError } from './capture-error.ts'
import type { ChunkReader } from './chunk-reader.ts'
import type { Frame } from './frame.ts'
import type { FrameBatch } from './frame-batch.ts'
import { MAX_CAPTURED, PcapRecordLayout } from './pcap-record-layout.ts'

const FILE_HEADER = 24
const MICROSECONDS = 0xa1b2c3d4
const MICROSECONDS_SWAPPED = 0xd4c3b2a1
const NANOSECONDS = 0xa1b23c4d
const NANOSECONDS_SWAPPED = 0x4d3cb2a1

export function isPcap(magic: number): boolean {
  switch (magic) {
    case MICROSECONDS:
    case MICROSECONDS_SWAPPED:
    case NANOSECONDS:
    case NANOSECONDS_SWAPPED:
      return true
    default:
      return false
  }
}

/**
 * pcap (draft-ietf-opsawg-pcap): magic 4, version 2 + 2, 8 unused, snap length 4, link type 4 (low 28 bits), then records
 * of seconds 4, micro- or nanoseconds 4, captured length 4, wire length 4, octets. The magic gives the byte order.
 */
export class PcapFormat implements CaptureFormat {
  readonly #reader: ChunkReader
  readonly #littleEndian: boolean
  readonly #nanoseconds: boolean
  readonly #linkType: number
  readonly #layout: PcapRecordLayout
  #lastSeconds = 0
  #isSettled = false

  constructor(reader: ChunkReader) {
    if (!reader.ensure(FILE_HEADER)) {
      throw new CaptureError('capture-file-truncated', `${reader.path}: ends within its ${FILE_HEADER} octet header`)
    }
    const magic = reader.view.getUint32(reader.position, false)
    this.#reader = reader
    this.#littleEndian = magic === MICROSECONDS_SWAPPED || magic === NANOSECONDS_SWAPPED
    this.#nanoseconds = magic === NANOSECONDS || magic === NANOSECONDS_SWAPPED
    this.#linkType = reader.view.getUint32(reader.position + 20, this.#littleEndian) & 0x0fffffff
    this.#layout = new PcapRecordLayout({
      major: reader.view.getUint16(reader.position + 4, this.#littleEndian),
      minor: reader.view.getUint16(reader.position + 6, this.#littleEndian),
      littleEndian: this.#littleEndian,
      nanoseconds: this.#nanoseconds,
    })
    reader.position += FILE_HEADER
  }

  next(frame: Frame): boolean {
    const reader = this.#reader
    const layout = this.#layout
    if (!this.#isSettled) layout.settle(reader)
    this.#isSettled = true
    const { headerLength } = layout
    if (reader.end - reader.position < headerLength && !reader.ensure(headerLength)) return this.#end()
    const littleEndian = this.#littleEndian
    // libpcap refuses longer frames too: such a length is a sign of a damaged record.
    const capturedLength = layout.capturedLength(reader.view, reader.position)
    if (capturedLength > MAX_CAPTURED) throw this.#corrupt(capturedLength)
    const length = headerLength + capturedLength
    if (reader.end - reader.position < length && !reader.ensure(length)) throw this.#truncated()
    const { view, bytes, position } = reader
    const seconds = view.getUint32(position, littleEndian)
    const fraction = view.getUint32(position + 4, littleEndian)
    const wireLength = layout.wireLength(view, position)
    if (frame.bytes !== bytes) frame.bytes = bytes
    frame.offset = position + headerLength
    frame.capturedLength = capturedLength
    frame.wireLength = wireLength > capturedLength ? wireLength : capturedLength
    frame.timeUs = seconds * 1e6 + (this.#nanoseconds ? Math.floor(fraction / 1000) : fraction)
    frame.linkType = this.#linkType
    this.#lastSeconds = seconds
    reader.position = position + length
    return true
  }

  ahead(batch: FrameBatch): void {
    const reader = this.#reader
    batch.begin(reader, this.#linkType)
    if (!this.#isSettled) return
    const layout = this.#layout
    const littleEndian = this.#littleEndian
    const nanoseconds = this.#nanoseconds
    const { headerLength } = layout
    const { view, end } = reader
    let at = reader.position
    let hasRoom = true
    while (hasRoom && end - at >= headerLength) {
      const capturedLength = layout.capturedLength(view, at)
      const next = at + headerLength + capturedLength
      if (capturedLength > MAX_CAPTURED || next > end) break
      const wireLength = layout.wireLength(view, at)
      const seconds = view.getUint32(at, littleEndian)
      const fraction = view.getUint32(at + 4, littleEndian)
      const timeUs = seconds * 1e6 + (nanoseconds ? Math.floor(fraction / 1000) : fraction)
      this.#lastSeconds = seconds
      hasRoom = batch.add(at + headerLength, capturedLength, Math.max(wireLength, capturedLength), timeUs)
      at = next
    }
    reader.position = at
  }

  /** Goes on where two records in a row make sense, or one that ends with the file. */
  resume(): boolean {
    const reader = this.#reader
    const { headerLength } = this.#layout
    for (reader.position++; reader.ensure(headerLength); reader.position++) {
      if (!this.#makesSense(reader.position)) continue
      const next = headerLength + this.#layout.capturedLength(reader.view, reader.position)
      const hasNext = reader.ensure(next + headerLength)
      if (hasNext ? this.#makesSense(reader.position + next) : reader.end - reader.position === next) return true
    }
    return false
  }

  /** Records after damage are believed when they are of the same day. */
  #makesSense(position: number): boolean {
    return this.#layout.makesSense(this.#reader.view, position, this.#lastSeconds)
  }

  #end(): false {
    if (this.#reader.end === this.#reader.position) return false
    throw this.#truncated()
  }

  #corrupt(capturedLength: number): CaptureError {
    const { path, offset } = this.#reader
    return new CaptureError(
      'capture-file-corrupt',
      `${path}: the record at octet ${offset} claims ${capturedLength} octets, more than ${MAX_CAPTURED}; the file is damaged there`,
    )
  }

  #truncated(): CaptureError {
    return new CaptureError('capture-file-truncated', `${this.#reader.path}: ends within a record; the rest is missing`)
  }
}

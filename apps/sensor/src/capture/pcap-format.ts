import type { CaptureFormat } from './capture-format.ts'
import { CaptureError } from './capture-error.ts'
import type { ChunkReader } from './chunk-reader.ts'
import type { Frame } from './frame.ts'

const FILE_HEADER = 24
const RECORD_HEADER = 16
/** libpcap refuses longer frames too; a larger length is a sign of a damaged record. */
const MAX_CAPTURED = 1 << 18
/** Records after damage are believed when they are of the same day. */
const DAY_SECONDS = 86_400
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
  #lastSeconds = 0

  constructor(reader: ChunkReader) {
    if (!reader.ensure(FILE_HEADER)) {
      throw new CaptureError('capture-file-truncated', `${reader.path}: ends within its ${FILE_HEADER} octet header`)
    }
    const magic = reader.view.getUint32(reader.position, false)
    this.#reader = reader
    this.#littleEndian = magic === MICROSECONDS_SWAPPED || magic === NANOSECONDS_SWAPPED
    this.#nanoseconds = magic === NANOSECONDS || magic === NANOSECONDS_SWAPPED
    this.#linkType = reader.view.getUint32(reader.position + 20, this.#littleEndian) & 0x0fffffff
    reader.position += FILE_HEADER
  }

  next(frame: Frame): boolean {
    const reader = this.#reader
    if (!reader.ensure(RECORD_HEADER)) {
      if (reader.end === reader.position) return false
      throw this.#truncated()
    }
    const littleEndian = this.#littleEndian
    const capturedLength = reader.view.getUint32(reader.position + 8, littleEndian)
    if (capturedLength > MAX_CAPTURED) {
      throw new CaptureError(
        'capture-file-corrupt',
        `${reader.path}: the record at octet ${reader.offset} claims ${capturedLength} octets, more than ${MAX_CAPTURED}; the file is damaged there`,
      )
    }
    if (!reader.ensure(RECORD_HEADER + capturedLength)) throw this.#truncated()
    const { view, position } = reader
    const fraction = view.getUint32(position + 4, littleEndian)
    frame.bytes = reader.bytes
    frame.offset = position + RECORD_HEADER
    frame.capturedLength = capturedLength
    frame.wireLength = Math.max(view.getUint32(position + 12, littleEndian), capturedLength)
    this.#lastSeconds = view.getUint32(position, littleEndian)
    frame.timeUs = this.#lastSeconds * 1e6 + (this.#nanoseconds ? Math.floor(fraction / 1000) : fraction)
    frame.linkType = this.#linkType
    reader.position = position + RECORD_HEADER + capturedLength
    return true
  }

  /** Goes on where two records in a row make sense, or one that ends with the file. */
  resume(): boolean {
    const reader = this.#reader
    for (reader.position++; reader.ensure(RECORD_HEADER); reader.position++) {
      if (!this.#makesSense(reader.position)) continue
      const capturedLength = reader.view.getUint32(reader.position + 8, this.#littleEndian)
      const next = RECORD_HEADER + capturedLength
      const hasNext = reader.ensure(next + RECORD_HEADER)
      if (hasNext ? this.#makesSense(reader.position + next) : reader.end - reader.position === next) return true
    }
    return false
  }

  #makesSense(position: number): boolean {
    const { view } = this.#reader
    const seconds = view.getUint32(position, this.#littleEndian)
    const fraction = view.getUint32(position + 4, this.#littleEndian)
    const capturedLength = view.getUint32(position + 8, this.#littleEndian)
    const wireLength = view.getUint32(position + 12, this.#littleEndian)
    const isNear = this.#lastSeconds === 0 || Math.abs(seconds - this.#lastSeconds) <= DAY_SECONDS
    const isFraction = fraction < (this.#nanoseconds ? 1e9 : 1e6)
    return isNear && isFraction && capturedLength > 0 && capturedLength <= wireLength && wireLength <= MAX_CAPTURED
  }

  #truncated(): CaptureError {
    return new CaptureError('capture-file-truncated', `${this.#reader.path}: ends within a record; the rest is missing`)
  }
}

import type { ChunkReader } from './chunk-reader.ts'

const PLAIN = 16
/** Interface index 4, protocol 2, packet type 1 and padding 1 come behind the usual fields. */
const PATCHED = 24
const DAY_SECONDS = 86_400
/** Longest frame that is believed. */
export const MAX_CAPTURED = 1 << 18

export interface PcapVersion {
  major: number
  minor: number
  littleEndian: boolean
  nanoseconds: boolean
}

/** How the records of a pcap file lie: length of their header, and which of its two lengths is the captured one. */
export class PcapRecordLayout {
  headerLength: number = PLAIN
  readonly #version: PcapVersion
  /** Whether the lengths lie as the current version has them. */
  readonly #isUsual: boolean
  readonly #littleEndian: boolean

  constructor(version: PcapVersion) {
    this.#version = version
    this.#isUsual = version.major === 2 && version.minor > 3
    this.#littleEndian = version.littleEndian
  }

  /**
   * Some systems wrote longer record headers under the usual magic (the patched libpcap of Red Hat 6.1 and some phones). They are
   * believed only where the second record makes no sense with the usual header, and the second and the third do with the longer.
   */
  settle(reader: ChunkReader): void {
    if (this.#version.nanoseconds || this.#chain(reader, PLAIN, 1) || !this.#chain(reader, PATCHED, 2)) return
    this.headerLength = PATCHED
  }

  /** Captured length of the record at an offset. Files before version 2.3 have the lengths the other way round, as libpcap knows. */
  capturedLength(view: DataView, position: number): number {
    const at = this.#isUsual || !this.#isSwapped(view, position) ? 8 : 12
    return view.getUint32(position + at, this.#littleEndian)
  }

  wireLength(view: DataView, position: number): number {
    const at = this.#isUsual || !this.#isSwapped(view, position) ? 12 : 8
    return view.getUint32(position + at, this.#littleEndian)
  }

  /** Whether a record can start there; `near` is the time of another in seconds, 0 where none is known. */
  makesSense(view: DataView, position: number, near: number): boolean {
    const { littleEndian, nanoseconds } = this.#version
    const seconds = view.getUint32(position, littleEndian)
    const fraction = view.getUint32(position + 4, littleEndian)
    const captured = this.capturedLength(view, position)
    const wire = this.wireLength(view, position)
    const isNear = near === 0 || Math.abs(seconds - near) <= DAY_SECONDS
    const isFraction = fraction < (nanoseconds ? 1e9 : 1e6)
    return isNear && isFraction && captured > 0 && captured <= wire && wire <= MAX_CAPTURED
  }

  /** Whether so many records follow the first, or it and some of them fill the file. */
  #chain(reader: ChunkReader, headerLength: number, count: number): boolean {
    let length = 0
    for (let i = 0; i <= count; i++) {
      if (!reader.ensure(length + headerLength)) return length > 0 && reader.end - reader.position === length
      const near = i === 0 ? 0 : reader.view.getUint32(reader.position, this.#version.littleEndian)
      if (!this.makesSense(reader.view, reader.position + length, near)) return false
      length += headerLength + this.capturedLength(reader.view, reader.position + length)
    }
    return true
  }

  #isSwapped(view: DataView, position: number): boolean {
    const { major, minor, littleEndian } = this.#version
    if (major === 543 || (major === 2 && minor < 3)) return true
    return major === 2 && view.getUint32(position + 8, littleEndian) > view.getUint32(position + 12, littleEndian)
  }
}

import type { CaptureFormat } from './capture-format.ts'
import { CaptureError } from './capture-error.ts'
import type { ChunkReader } from './chunk-reader.ts'
import type { Frame } from './frame.ts'
import { Timescale } from './timescale.ts'

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const OPTION_TIMESTAMP_RESOLUTION = 9
const OPTION_TIMESTAMP_OFFSET = 14
const KNOWN_BLOCKS = new Set([INTERFACE_DESCRIPTION, OBSOLETE_PACKET, SIMPLE_PACKET, 4, 5, ENHANCED_PACKET])
const MAX_BLOCK = 1 << 26
const MAX_INTERFACES = 65_536

interface CapturedInterface {
  linkType: number
  snapLength: number
  timescale: Timescale
}

export function isPcapng(magic: number): boolean {
  return magic === SECTION_HEADER
}

/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of type 4, total length 4, body, total length 4 again. A section header sets
 * the byte order and forgets the interfaces of the section before. Packets come in enhanced, simple and obsolete packet
 * blocks; a simple one has no time and takes that of the packet before. Other blocks are passed over.
 */
export class PcapngFormat implements CaptureFormat {
  readonly #reader: ChunkReader
  #littleEndian = true
  #interfaces: CapturedInterface[] = []
  #lastTimeUs = 0
  /** Whether `next` knew where the block ended in which it found damage. */
  #isPastBlock = false

  constructor(reader: ChunkReader) {
    this.#reader = reader
  }

  next(frame: Frame): boolean {
    const reader = this.#reader
    for (;;) {
      this.#isPastBlock = false
      if (!reader.ensure(12)) {
        if (reader.end === reader.position) return false
        throw this.#truncated()
      }
      const isSection = reader.view.getUint32(reader.position, false) === SECTION_HEADER
      if (isSection) this.#readByteOrder()
      const length = reader.view.getUint32(reader.position + 4, this.#littleEndian)
      if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK) {
        throw this.#corrupt(`a block claims a length of ${length} octets`)
      }
      if (!reader.ensure(length)) throw this.#truncated()
      const start = reader.position
      const type = reader.view.getUint32(start, this.#littleEndian)
      reader.position = start + length
      this.#isPastBlock = true
      if (isSection) this.#interfaces = []
      else if (type === INTERFACE_DESCRIPTION) this.#readInterface(start, start + length - 4)
      else if (this.#readPacket(type, start, start + length - 4, frame)) return true
    }
  }

  /** Goes on with the next block, or where a known block has the same length at both ends. */
  resume(): boolean {
    if (this.#isPastBlock) return true
    const reader = this.#reader
    for (reader.position++; reader.ensure(12); reader.position++) {
      const { view, position } = reader
      const isSection = view.getUint32(position, false) === SECTION_HEADER
      if (!isSection && !KNOWN_BLOCKS.has(view.getUint32(position, this.#littleEndian))) continue
      const length = view.getUint32(position + 4, this.#littleEndian)
      if (length < 12 || length % 4 !== 0 || length > MAX_BLOCK || !reader.ensure(length)) continue
      if (reader.view.getUint32(reader.position + length - 4, this.#littleEndian) === length) return true
    }
    return false
  }

  #readByteOrder(): void {
    const { view, position } = this.#reader
    if (view.getUint32(position + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true
    else if (view.getUint32(position + 8, false) === BYTE_ORDER_MAGIC) this.#littleEndian = false
    else throw this.#corrupt('a section header has no byte-order magic')
  }

  /** Link type 2, reserved 2, snap length 4, options. */
  #readInterface(start: number, end: number): void {
    if (end - start < 16) throw this.#corrupt('an interface description is too short')
    if (this.#interfaces.length >= MAX_INTERFACES)
      throw this.#corrupt(`there are more than ${MAX_INTERFACES} interfaces`)
    const { view } = this.#reader
    const little = this.#littleEndian
    let resolution = 6
    let offsetSeconds = 0
    for (let at = start + 16; at + 4 <= end;) {
      const code = view.getUint16(at, little)
      const length = view.getUint16(at + 2, little)
      if (code === 0 || at + 4 + length > end) break
      if (code === OPTION_TIMESTAMP_RESOLUTION && length >= 1) resolution = view.getUint8(at + 4)
      if (code === OPTION_TIMESTAMP_OFFSET && length >= 8) offsetSeconds = Number(view.getBigInt64(at + 4, little))
      at += 4 + ((length + 3) & ~3)
    }
    this.#interfaces.push({
      linkType: view.getUint16(start + 8, little),
      snapLength: view.getUint32(start + 12, little),
      timescale: new Timescale(resolution, offsetSeconds),
    })
  }

  #readPacket(type: number, start: number, end: number, frame: Frame): boolean {
    if (type === ENHANCED_PACKET) {
      if (end - start < 28) throw this.#corrupt('an enhanced packet block is too short')
      this.#setFrame(frame, this.#reader.view.getUint32(start + 8, this.#littleEndian), start + 28, end)
    } else if (type === OBSOLETE_PACKET) {
      if (end - start < 28) throw this.#corrupt('a packet block is too short')
      this.#setFrame(frame, this.#reader.view.getUint16(start + 8, this.#littleEndian), start + 28, end)
    } else if (type === SIMPLE_PACKET) this.#setSimpleFrame(frame, start, end)
    else return false
    return true
  }

  /** Enhanced and obsolete: at 12 time high 4, time low 4, captured length 4, wire length 4, octets. */
  #setFrame(frame: Frame, interfaceId: number, data: number, end: number): void {
    const { view } = this.#reader
    const little = this.#littleEndian
    const captured = this.#interfaces[interfaceId]
    if (captured === undefined) throw this.#corrupt(`a packet names interface ${interfaceId}, which is not described`)
    const capturedLength = view.getUint32(data - 8, little)
    if (capturedLength > end - data) throw this.#corrupt(`a packet of ${capturedLength} octets exceeds its block`)
    frame.bytes = this.#reader.bytes
    frame.offset = data
    frame.capturedLength = capturedLength
    frame.wireLength = Math.max(view.getUint32(data - 4, little), capturedLength)
    frame.timeUs = captured.timescale.toUs(view.getUint32(data - 16, little), view.getUint32(data - 12, little))
    frame.linkType = captured.linkType
    this.#lastTimeUs = frame.timeUs
  }

  /** Wire length 4, octets up to the snap length. */
  #setSimpleFrame(frame: Frame, start: number, end: number): void {
    const captured = this.#interfaces[0]
    if (captured === undefined) throw this.#corrupt('a packet comes before any interface description')
    if (end - start < 12) throw this.#corrupt('a simple packet block is too short')
    const wireLength = this.#reader.view.getUint32(start + 8, this.#littleEndian)
    const limit = captured.snapLength === 0 ? wireLength : Math.min(wireLength, captured.snapLength)
    frame.bytes = this.#reader.bytes
    frame.offset = start + 12
    frame.capturedLength = Math.min(limit, end - frame.offset)
    frame.wireLength = wireLength
    frame.timeUs = this.#lastTimeUs
    frame.linkType = captured.linkType
  }

  #corrupt(what: string): CaptureError {
    return new CaptureError(
      'capture-file-corrupt',
      `${this.#reader.path}: ${what}, before octet ${this.#reader.offset}; the file is damaged there`,
    )
  }

  #truncated(): CaptureError {
    return new CaptureError('capture-file-truncated', `${this.#reader.path}: ends within a block; the rest is missing`)
  }
}

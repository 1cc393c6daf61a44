/** Builders of capture files for tests. */

export interface CapturedFrame {
  timeUs: number
  octets: Uint8Array
  /** Octets on the wire where the capture was cut short. */
  wireLength?: number
}

export interface PcapOptions {
  linkType?: number
  bigEndian?: boolean
  nanoseconds?: boolean
  /** Of version 2; 4 unless told. Before 3 the two lengths of a record stand the other way round. */
  minor?: number
  /** Record headers of 24 octets, as some patched systems wrote them under the usual magic. */
  patched?: boolean
}

export function pcap(frames: CapturedFrame[], options: PcapOptions = {}): Buffer {
  const { linkType = 1, bigEndian = false, nanoseconds = false, minor = 4, patched = false } = options
  const words = (...values: number[]): Buffer => {
    const buffer = Buffer.alloc(values.length * 4)
    for (const [i, value] of values.entries()) {
      if (bigEndian) buffer.writeUInt32BE(value, i * 4)
      else buffer.writeUInt32LE(value, i * 4)
    }
    return buffer
  }
  const version = bigEndian ? 0x0002_0000 | minor : (minor << 16) | 2
  const parts = [words(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, version, 0, 0, 65_535, linkType)]
  for (const { timeUs, octets, wireLength = octets.length } of frames) {
    const seconds = Math.floor(timeUs / 1e6)
    const fraction = (timeUs - seconds * 1e6) * (nanoseconds ? 1000 : 1)
    const lengths = minor < 3 ? [wireLength, octets.length] : [octets.length, wireLength]
    parts.push(words(seconds, fraction, ...lengths, ...(patched ? [2, 0x0800] : [])), Buffer.from(octets))
  }
  return Buffer.concat(parts)
}

/** Builds pcapng blocks of one byte order. */
export class PcapngBuilder {
  readonly #bigEndian: boolean
  readonly #parts: Buffer[] = []

  constructor(options: { bigEndian?: boolean } = {}) {
    this.#bigEndian = options.bigEndian ?? false
    this.section()
  }

  section(): this {
    return this.block(0x0a0d0d0a, this.#u32(0x1a2b3c4d), this.#u16(1, 0), this.#u32(0xffff_ffff, 0xffff_ffff))
  }

  interface(linkType: number, options: { resolution?: number; snapLength?: number } = {}): this {
    const { resolution, snapLength = 0 } = options
    const option =
      resolution === undefined ? [] : [this.#u16(9, 1), Buffer.from([resolution, 0, 0, 0]), this.#u16(0, 0)]
    return this.block(1, this.#u16(linkType, 0), this.#u32(snapLength), ...option)
  }

  /** `units` since the epoch in the resolution of the interface. */
  enhanced(interfaceId: number, units: bigint, octets: Uint8Array): this {
    const time = [Number(units >> 32n), Number(units & 0xffff_ffffn)]
    return this.block(6, this.#u32(interfaceId, ...time, octets.length, octets.length), Buffer.from(octets))
  }

  obsolete(interfaceId: number, units: bigint, octets: Uint8Array): this {
    const time = [Number(units >> 32n), Number(units & 0xffff_ffffn)]
    const head = [this.#u16(interfaceId, 0), this.#u32(...time, octets.length, octets.length)]
    return this.block(2, ...head, Buffer.from(octets))
  }

  simple(octets: Uint8Array): this {
    return this.block(3, this.#u32(octets.length), Buffer.from(octets))
  }

  block(type: number, ...body: Buffer[]): this {
    const content = Buffer.concat(body)
    const padding = Buffer.alloc((4 - (content.length % 4)) % 4)
    const length = this.#u32(12 + content.length + padding.length)
    this.#parts.push(this.#u32(type), length, content, padding, length)
    return this
  }

  build(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #u16(...values: number[]): Buffer {
    const buffer = Buffer.alloc(values.length * 2)
    for (const [i, value] of values.entries()) {
      if (this.#bigEndian) buffer.writeUInt16BE(value, i * 2)
      else buffer.writeUInt16LE(value, i * 2)
    }
    return buffer
  }

  #u32(...values: number[]): Buffer {
    const buffer = Buffer.alloc(values.length * 4)
    for (const [i, value] of values.entries()) {
      if (this.#bigEndian) buffer.writeUInt32BE(value >>> 0, i * 4)
      else buffer.writeUInt32LE(value >>> 0, i * 4)
    }
    return buffer
  }
}

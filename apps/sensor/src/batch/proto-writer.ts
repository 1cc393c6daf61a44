const FIRST_SIZE = 1 << 16
/** A buffer larger than this is not kept for the next use. */
const MOST_KEPT = 1 << 20
/** A field of one number takes at most so many octets: a tag of two, a varint of ten. */
const MAX_NUMBER = 12
const FLOAT32_MAX = 3.4028234663852886e38
const VARINT = 0
const FIXED_64 = 1
const DELIMITED = 2
const FIXED_32 = 5

/**
 * Writes protobuf (https://protobuf.dev/programming-guides/encoding/) into one buffer that grows and is used again. Fields with
 * their default are left out unless the method says optional. Field numbers are below 2,048. Throws a RangeError on a number that its field cannot hold.
 */
export class ProtoWriter {
  bytes = Buffer.allocUnsafe(FIRST_SIZE)
  /** Octets written. */
  end = 0
  #view = new DataView(this.bytes.buffer, this.bytes.byteOffset)

  /** Forgets what was written. */
  clear(): void {
    this.end = 0
    if (this.bytes.length > MOST_KEPT) this.#use(Buffer.allocUnsafe(FIRST_SIZE))
  }

  uint32(field: number, value: number): void {
    if (value !== 0) this.optionalUint32(field, value)
  }

  optionalUint32(field: number, value: number | undefined): void {
    if (value === undefined) return
    if (value >>> 0 !== value) throw new RangeError(`${value} is no uint32`)
    this.#tag(field, VARINT)
    this.#varint(value)
  }

  /** As far as numbers are exact; a negative one is no uint64, and is no count or time of ours either. */
  uint64(field: number, value: number): void {
    if (value === 0) return
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no safe uint64`)
    this.#tag(field, VARINT)
    this.#varint(value)
  }

  int64(field: number, value: number): void {
    if (value >= 0) this.uint64(field, value)
    else this.#negative(field, value)
  }

  fixed64(field: number, value: number): void {
    if (value === 0) return
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no safe uint64`)
    this.#tag(field, FIXED_64)
    this.#view.setUint32(this.end, value >>> 0, true)
    this.#view.setUint32(this.end + 4, Math.floor(value / 0x1_0000_0000), true)
    this.end += 8
  }

  float(field: number, value: number): void {
    if (value !== 0) this.optionalFloat(field, value)
  }

  optionalFloat(field: number, value: number | undefined): void {
    if (value === undefined) return
    if (Math.abs(value) > FLOAT32_MAX && Number.isFinite(value)) throw new RangeError(`${value} is no float`)
    this.#tag(field, FIXED_32)
    this.#view.setFloat32(this.end, value, true)
    this.end += 4
  }

  bool(field: number, value: boolean): void {
    if (value) this.optionalUint32(field, 1)
  }

  octets(field: number, value: Uint8Array): void {
    const { length } = value
    if (length === 0) return
    this.#reserve(MAX_NUMBER + length)
    this.#tag(field, DELIMITED)
    this.#varint(length)
    for (let i = 0; i < length; i++) this.bytes[this.end + i] = value[i]
    this.end += length
  }

  text(field: number, value: string): void {
    if (value !== '') this.element(field, value)
  }

  /** A text of a list, which is written though it is empty. */
  element(field: number, value: string): void {
    const { length } = value
    this.#reserve(MAX_NUMBER + 3 * length)
    const start = this.open(field)
    const { bytes, end } = this
    let at = 0
    for (; at < length; at++) {
      const code = value.charCodeAt(at)
      if (code > 0x7f) break
      bytes[end + at] = code
    }
    this.end = at < length ? end + bytes.write(value, end, 'utf8') : end + length
    this.close(start)
  }

  packedUint32(field: number, values: readonly number[]): void {
    if (values.length === 0) return
    const start = this.open(field)
    for (let i = 0; i < values.length; i++) {
      if (values[i] >>> 0 !== values[i]) throw new RangeError(`${values[i]} is no uint32`)
      this.#reserve(MAX_NUMBER)
      this.#varint(values[i])
    }
    this.close(start)
  }

  packedSint32(field: number, values: readonly number[]): void {
    if (values.length === 0) return
    const start = this.open(field)
    for (let i = 0; i < values.length; i++) {
      if ((values[i] | 0) !== values[i]) throw new RangeError(`${values[i]} is no int32`)
      this.#reserve(MAX_NUMBER)
      this.#varint(((values[i] << 1) ^ (values[i] >> 31)) >>> 0)
    }
    this.close(start)
  }

  /** Octets as they are: fields that were written elsewhere. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length)
    this.bytes.set(value, this.end)
    this.end += value.length
  }

  /** Begins a message or another field with a length; returns what `close` is to be given. */
  open(field: number): number {
    this.#tag(field, DELIMITED)
    return ++this.end
  }

  /** Ends it: one octet was left for the length, a longer one moves what was written. */
  close(start: number): void {
    const length = this.end - start
    if (length < 0x80) {
      this.bytes[start - 1] = length
      return
    }
    const more = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : 3
    this.#reserve(more)
    this.bytes.copyWithin(start + more, start, this.end)
    this.end = start - 1
    this.#varint(length)
    this.end += length
  }

  /** Tag of one octet or two, after which there is room for a number. */
  #tag(field: number, type: number): void {
    this.#reserve(MAX_NUMBER)
    const { bytes } = this
    if (field < 16) bytes[this.end++] = (field << 3) | type
    else {
      bytes[this.end++] = ((field << 3) & 0x7f) | 0x80 | type
      bytes[this.end++] = field >> 4
    }
  }

  /** Two's complement of 64 bits, ten octets. */
  #negative(field: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe int64`)
    this.#tag(field, VARINT)
    let left = BigInt.asUintN(64, BigInt(value))
    for (; left > 0x7fn; left >>= 7n) this.bytes[this.end++] = Number(left & 0x7fn) | 0x80
    this.bytes[this.end++] = Number(left)
  }

  /** Seven bits an octet, the lowest first. */
  #varint(value: number): void {
    const { bytes } = this
    let left = value
    while (left > 0x7fff_ffff) {
      bytes[this.end++] = (left % 0x80) | 0x80
      left = Math.floor(left / 0x80)
    }
    while (left > 0x7f) {
      bytes[this.end++] = (left & 0x7f) | 0x80
      left >>= 7
    }
    bytes[this.end++] = left
  }

  #reserve(octets: number): void {
    if (this.end + octets > this.bytes.length) this.#grow(this.end + octets)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length))
    larger.set(this.bytes.subarray(0, this.end))
    this.#use(larger)
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset)
  }
}

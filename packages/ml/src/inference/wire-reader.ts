import { MlError } from '../errors.ts'

/** A refusal of bytes that are no ONNX model. */
export const malformed = (what: string): MlError => new MlError('MODEL_UNREADABLE', `model.onnx: ${what}`)

/** How a field is written (protobuf.dev/programming-guides/encoding). */
export const Wire = { VARINT: 0, EIGHT: 1, LENGTH: 2, FOUR: 5 } as const

const utf8 = new TextDecoder()

/** Reads a range of a file as one protobuf message, field by field, without copies. Throws MODEL_UNREADABLE where a field leaves the range. */
export class WireReader {
  readonly bytes: Uint8Array
  /** Number and wire type of the field that `next` found. */
  field = 0
  wire = 0
  position: number
  readonly end: number

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = position
    this.end = end
  }

  /** Goes to the next field; false at the end of the range. Its value must be taken or skipped before the next call. */
  next(): boolean {
    if (this.position === this.end) return false
    const tag = this.varint()
    this.field = Math.floor(tag / 8)
    this.wire = tag & 7
    return true
  }

  /** The lower 32 bits as a signed number where the value is negative, else all of it up to 2^53. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const octet = this.bytes[this.#advance(1)]
      if (shift < 49) value += (octet & 0x7f) * 2 ** shift
      else if (octet > 0) return this.#negative(octet, value)
      if (octet < 0x80) return value
    }
    throw malformed('a number has more than ten octets')
  }

  /** What follows is a number over 2^49, so in these files a negative one: ten octets, of which the lower bits count. */
  #negative(octet: number, low: number): number {
    for (let last = octet; last >= 0x80;) last = this.bytes[this.#advance(1)]
    return low | 0
  }

  /** The range of the field's value. */
  range(): WireReader {
    if (this.wire !== Wire.LENGTH) throw malformed(`field ${this.field} has wire type ${this.wire}, expected a range`)
    const from = this.#advance(this.varint())
    return new WireReader(this.bytes, from, this.position)
  }

  text(): string {
    const { position, end } = this.range()
    return utf8.decode(this.bytes.subarray(position, end))
  }

  skip(): void {
    if (this.wire === Wire.VARINT) this.varint()
    else if (this.wire === Wire.EIGHT) this.#advance(8)
    else if (this.wire === Wire.LENGTH) this.#advance(this.varint())
    else if (this.wire === Wire.FOUR) this.#advance(4)
    else throw malformed(`field ${this.field} has wire type ${this.wire}`)
  }

  /** Passes over so many octets and gives the position of the first. */
  #advance(octets: number): number {
    const from = this.position
    if (!(octets <= this.end - from)) throw malformed(`it ends within a field at octet ${from}`)
    this.position = from + octets
    return from
  }
}

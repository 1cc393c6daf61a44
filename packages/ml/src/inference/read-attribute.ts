import { malformed, Wire, WireReader } from './wire-reader.ts'

/** One AttributeProto of onnx.proto3; what a file does not set stays empty. */
export interface Attribute {
  int: number
  text: string
  floats: Float32Array
  ints: Int32Array
  /** Position and end in the file of each text, two numbers a text. */
  textRanges: Uint32Array
}

const FIELD = { NAME: 1, INT: 3, TEXT: 4, FLOATS: 7, INTS: 8, TEXTS: 9 } as const

/** Name and value; lists may be packed or one element a field. */
export function readAttribute(range: WireReader): [name: string, attribute: Attribute] {
  const { bytes, position, end } = range
  const counts = countElements(new WireReader(bytes, position, end))
  const attribute: Attribute = {
    int: 0,
    text: '',
    floats: new Float32Array(counts.floats),
    ints: new Int32Array(counts.ints),
    textRanges: new Uint32Array(2 * counts.texts),
  }
  let name = ''
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const filled = { floats: 0, ints: 0, texts: 0 }
  for (const reader = range; reader.next();) {
    if (reader.field === FIELD.NAME) name = reader.text()
    else if (reader.field === FIELD.INT) attribute.int = reader.varint()
    else if (reader.field === FIELD.TEXT) attribute.text = reader.text()
    else if (reader.field === FIELD.FLOATS) {
      const { from, to } = floatsOf(reader)
      for (let at = from; at < to; at += 4) attribute.floats[filled.floats++] = view.getFloat32(at, true)
    } else if (reader.field === FIELD.INTS) {
      if (reader.wire === Wire.VARINT) attribute.ints[filled.ints++] = reader.varint()
      else for (const list = reader.range(); list.position < list.end;) attribute.ints[filled.ints++] = list.varint()
    } else if (reader.field === FIELD.TEXTS) {
      const text = reader.range()
      attribute.textRanges[filled.texts++] = text.position
      attribute.textRanges[filled.texts++] = text.end
    } else reader.skip()
  }
  return [name, attribute]
}

function countElements(reader: WireReader): { floats: number; ints: number; texts: number } {
  const counts = { floats: 0, ints: 0, texts: 0 }
  while (reader.next()) {
    if (reader.field === FIELD.FLOATS) {
      const { from, to } = floatsOf(reader)
      counts.floats += (to - from) / 4
    } else if (reader.field === FIELD.INTS && reader.wire === Wire.LENGTH) {
      // The last octet of a number is the one below 128.
      const { bytes, position, end } = reader.range()
      for (let at = position; at < end; at++) if (bytes[at] < 0x80) counts.ints++
    } else {
      if (reader.field === FIELD.INTS) counts.ints++
      if (reader.field === FIELD.TEXTS) counts.texts++
      reader.skip()
    }
  }
  return counts
}

/** Where the floats of the field lie: one, or packed. */
export function floatsOf(reader: WireReader): { from: number; to: number } {
  if (reader.wire === Wire.FOUR) {
    reader.skip()
    return { from: reader.position - 4, to: reader.position }
  }
  const { position, end } = reader.range()
  if ((end - position) % 4 > 0) throw malformed(`floats take ${end - position} octets`)
  return { from: position, to: end }
}

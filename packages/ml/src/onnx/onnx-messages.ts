import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/**
 * The few messages of onnx.proto that Picket's models are made of, written directly. Field numbers and types are those of
 * onnx/onnx-ml.proto, IR version 8.
 */
export interface OnnxNode {
  operator: string
  /** Empty for the default operator set. */
  domain?: string
  inputs: string[]
  outputs: string[]
  attributes?: OnnxAttribute[]
}

export type OnnxAttribute =
  | { name: string; type: 'int'; value: number }
  | { name: string; type: 'string'; value: string }
  | { name: string; type: 'floats'; value: ArrayLike<number> }
  /** Not negative. */
  | { name: string; type: 'ints'; value: ArrayLike<number> }
  | { name: string; type: 'strings'; value: readonly string[] }

export interface OnnxTensor {
  name: string
  dims: number[]
  values: Float32Array
}

/** A graph input or output; a text dimension is free, such as the number of rows. */
export interface OnnxValue {
  name: string
  element: 'float' | 'int64'
  dims: (number | string)[]
}

export interface OnnxModel {
  name: string
  nodes: OnnxNode[]
  initializers: OnnxTensor[]
  inputs: OnnxValue[]
  outputs: OnnxValue[]
  operatorSets: { domain: string; version: number }[]
  metadata: Record<string, string>
}

const IR_VERSION = 8
const ELEMENT_TYPE = { float: 1, int64: 7 } as const
const ATTRIBUTE_TYPE = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const

/** ModelProto. */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(1, WireType.Varint).uint32(IR_VERSION)
  text(writer, 2, 'picket')
  nested(writer, 7, () => writeGraph(writer, model))
  for (const { domain, version } of model.operatorSets) {
    nested(writer, 8, () => {
      text(writer, 1, domain)
      writer.tag(2, WireType.Varint).uint32(version)
    })
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    nested(writer, 14, () => {
      text(writer, 1, key)
      text(writer, 2, value)
    })
  }
  return writer.finish()
}

function writeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) nested(writer, 1, () => writeNode(writer, node))
  text(writer, 2, model.name)
  for (const tensor of model.initializers) nested(writer, 5, () => writeTensor(writer, tensor))
  for (const input of model.inputs) nested(writer, 11, () => writeValue(writer, input))
  for (const output of model.outputs) nested(writer, 12, () => writeValue(writer, output))
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input)
  for (const output of node.outputs) text(writer, 2, output)
  text(writer, 3, node.outputs[0])
  text(writer, 4, node.operator)
  for (const attribute of node.attributes ?? []) nested(writer, 5, () => writeAttribute(writer, attribute))
  if (node.domain) text(writer, 7, node.domain)
}

function writeAttribute(writer: BinaryWriter, attribute: OnnxAttribute): void {
  text(writer, 1, attribute.name)
  if (attribute.type === 'int') writer.tag(3, WireType.Varint).uint32(attribute.value)
  else if (attribute.type === 'string') text(writer, 4, attribute.value)
  else if (attribute.type === 'floats') bytes(writer, 7, littleEndian(attribute.value))
  else if (attribute.type === 'ints') {
    nested(writer, 8, () => {
      for (let i = 0; i < attribute.value.length; i++) writer.uint32(attribute.value[i])
    })
  } else for (const value of attribute.value) text(writer, 9, value)
  writer.tag(20, WireType.Varint).uint32(ATTRIBUTE_TYPE[attribute.type])
}

function writeTensor(writer: BinaryWriter, tensor: OnnxTensor): void {
  for (const dim of tensor.dims) writer.tag(1, WireType.Varint).uint32(dim)
  writer.tag(2, WireType.Varint).uint32(ELEMENT_TYPE.float)
  text(writer, 8, tensor.name)
  bytes(writer, 9, littleEndian(tensor.values))
}

function writeValue(writer: BinaryWriter, value: OnnxValue): void {
  text(writer, 1, value.name)
  nested(writer, 2, () =>
    nested(writer, 1, () => {
      writer.tag(1, WireType.Varint).uint32(ELEMENT_TYPE[value.element])
      nested(writer, 2, () => {
        for (const dim of value.dims) {
          nested(writer, 1, () => {
            if (typeof dim === 'number') writer.tag(1, WireType.Varint).uint32(dim)
            else text(writer, 2, dim)
          })
        }
      })
    }),
  )
}

function nested(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write()
  writer.join()
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value)
}

function bytes(writer: BinaryWriter, field: number, value: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(value)
}

function littleEndian(values: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i], true)
  return new Uint8Array(view.buffer)
}

import { floatsOf, readAttribute, type Attribute } from './read-attribute.ts'
import { malformed, Wire, WireReader } from './wire-reader.ts'

/** One NodeProto. */
export interface OperatorNode {
  /** With its domain where that is not the default one: `ai.onnx.ml.TreeEnsembleRegressor`. */
  operator: string
  inputs: string[]
  outputs: string[]
  attributes: ReadonlyMap<string, Attribute>
}

/** One TensorProto. */
export interface Constant {
  dims: number[]
  /** Undefined where it holds no floats, or holds them in another file. */
  values: Float32Array | undefined
}

/** What scoring needs of a ModelProto. */
export interface OnnxGraph {
  /** As the format has it: each after what it reads. */
  nodes: OperatorNode[]
  constants: ReadonlyMap<string, Constant>
  /** Graph inputs that are no constants. */
  inputs: string[]
  outputs: string[]
  bytes: Uint8Array
}

/** Field numbers of onnx.proto3 (IR version 8). */
const MODEL = { GRAPH: 7 } as const
const GRAPH = { NODE: 1, CONSTANT: 5, INPUT: 11, OUTPUT: 12 } as const
const NODE = { INPUT: 1, OUTPUT: 2, OPERATOR: 4, ATTRIBUTE: 5, DOMAIN: 7 } as const
const TENSOR = { DIMS: 1, TYPE: 2, FLOATS: 4, NAME: 8, RAW: 9, PLACE: 14 } as const
const FLOAT_TYPE = 1
const MOST_NODES = 10_000

/** Reads the graph of a model. Throws MODEL_UNREADABLE on bytes that are none, or that lie about their lengths. */
export function readOnnx(bytes: Uint8Array): OnnxGraph {
  const graph: OnnxGraph & { constants: Map<string, Constant> } = {
    nodes: [],
    constants: new Map(),
    inputs: [],
    outputs: [],
    bytes,
  }
  for (const model = new WireReader(bytes); model.next();) {
    if (model.field === MODEL.GRAPH) readGraph(model.range(), graph)
    else model.skip()
  }
  if (graph.nodes.length === 0) throw malformed('it has no graph')
  graph.inputs = graph.inputs.filter((name) => !graph.constants.has(name))
  return graph
}

function readGraph(reader: WireReader, graph: OnnxGraph & { constants: Map<string, Constant> }): void {
  while (reader.next()) {
    if (reader.field === GRAPH.NODE) graph.nodes.push(readNode(reader.range()))
    else if (reader.field === GRAPH.CONSTANT) graph.constants.set(...readConstant(reader.range()))
    else if (reader.field === GRAPH.INPUT) graph.inputs.push(nameOf(reader.range()))
    else if (reader.field === GRAPH.OUTPUT) graph.outputs.push(nameOf(reader.range()))
    else reader.skip()
    if (graph.nodes.length > MOST_NODES) throw malformed(`it has more than ${MOST_NODES} operators`)
  }
}

function readNode(reader: WireReader): OperatorNode {
  const node = { operator: '', inputs: [] as string[], outputs: [] as string[], attributes: new Map() }
  let domain = ''
  while (reader.next()) {
    if (reader.field === NODE.INPUT) node.inputs.push(reader.text())
    else if (reader.field === NODE.OUTPUT) node.outputs.push(reader.text())
    else if (reader.field === NODE.OPERATOR) node.operator = reader.text()
    else if (reader.field === NODE.DOMAIN) domain = reader.text()
    else if (reader.field === NODE.ATTRIBUTE) node.attributes.set(...readAttribute(reader.range()))
    else reader.skip()
  }
  if (domain !== '' && domain !== 'ai.onnx') node.operator = `${domain}.${node.operator}`
  return node
}

function readConstant(reader: WireReader): [name: string, constant: Constant] {
  const dims: number[] = []
  let [name, type, isElsewhere] = ['', 0, false]
  let place = { from: 0, to: 0 }
  while (reader.next()) {
    if (reader.field === TENSOR.DIMS && reader.wire === Wire.VARINT) dims.push(reader.varint())
    else if (reader.field === TENSOR.DIMS)
      for (const list = reader.range(); list.position < list.end;) dims.push(list.varint())
    else if (reader.field === TENSOR.TYPE) type = reader.varint()
    else if (reader.field === TENSOR.NAME) name = reader.text()
    else if (reader.field === TENSOR.FLOATS) place = floatsOf(reader)
    else if (reader.field === TENSOR.RAW) {
      const raw = reader.range()
      place = { from: raw.position, to: raw.end }
    } else {
      isElsewhere ||= reader.field === TENSOR.PLACE
      reader.skip()
    }
  }
  if (type !== FLOAT_TYPE || isElsewhere) return [name, { dims, values: undefined }]
  const octets = place.to - place.from
  if (octets !== 4 * dims.reduce((product, dim) => product * dim, 1))
    throw malformed(`constant ${name} has ${octets} octets for dimensions [${dims.join(', ')}]`)
  return [name, { dims, values: floatsAt(reader.bytes, place) }]
}

function floatsAt(bytes: Uint8Array, { from, to }: { from: number; to: number }): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from)
  return Float32Array.from({ length: (to - from) / 4 }, (_, i) => view.getFloat32(4 * i, true))
}

/** Of a ValueInfoProto. */
function nameOf(reader: WireReader): string {
  let name = ''
  while (reader.next()) {
    if (reader.field === 1) name = reader.text()
    else reader.skip()
  }
  return name
}

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { DecisionTree } from '../training/decision-tree.ts'

/** Field numbers of onnx.proto3: ModelProto.graph, GraphProto.node, NodeProto.op_type and .attribute. */
const FIELD = { graph: 7, node: 1, operator: 4, attribute: 5 } as const
/** AttributeProto: name, floats, ints. */
const ATTRIBUTE = { name: 1, floats: 7, ints: 8 } as const

/**
 * The trees of a forest that exportOnnx wrote, one output a leaf, so that a sensor can explain what it was sent. The bytes were verified
 * before, and the graph was opened: undefined where there is no TreeEnsembleRegressor, or its first step is not the trees.
 */
export function readTrees(onnx: Uint8Array): DecisionTree[] | undefined {
  for (const graph of fieldsOf(onnx, FIELD.graph)) {
    const [first] = fieldsOf(graph, FIELD.node)
    if (first === undefined || text(first, FIELD.operator) !== 'TreeEnsembleRegressor') return undefined
    return toTrees(new Map(fieldsOf(first, FIELD.attribute).map((bytes) => [text(bytes, ATTRIBUTE.name), bytes])))
  }
  return undefined
}

function toTrees(attributes: ReadonlyMap<string, Uint8Array>): DecisionTree[] {
  const list = (name: string) => integers(attributes.get(name) ?? new Uint8Array())
  const trees = list('nodes_treeids')
  const [left, right, missing] = ['truenodeids', 'falsenodeids', 'missing_value_tracks_true'].map((name) =>
    list(`nodes_${name}`),
  )
  const features = list('nodes_featureids')
  const thresholds = floats(attributes.get('nodes_values') ?? new Uint8Array())
  const leaf = {
    trees: list('target_treeids'),
    nodes: list('target_nodeids'),
    weights: floats(attributes.get('target_weights') ?? new Uint8Array()),
  }
  const found: DecisionTree[] = []
  let leafAt = 0
  for (let from = 0, to = 0; from < trees.length; from = to) {
    while (to < trees.length && trees[to] === trees[from]) to++
    const values = new Float32Array(to - from)
    // A node without children is its own left and right neighbour, number 0, which the root alone could be.
    const feature = features
      .slice(from, to)
      .map((column, i) => (left[from + i] === 0 && right[from + i] === 0 ? -1 : column))
    for (; leafAt < leaf.trees.length && leaf.trees[leafAt] === trees[from]; leafAt++) {
      values[leaf.nodes[leafAt]] = leaf.weights[leafAt]
    }
    found.push({
      feature,
      threshold: thresholds.slice(from, to),
      left: left.slice(from, to),
      right: right.slice(from, to),
      missingLeft: Uint8Array.from(missing.subarray(from, to)),
      values,
    })
  }
  return found
}

function fieldsOf(bytes: Uint8Array, field: number): Uint8Array[] {
  const found: Uint8Array[] = []
  for (const reader = new BinaryReader(bytes); reader.pos < reader.len;) {
    const [number, wire] = reader.tag()
    if (number === field && wire === WireType.LengthDelimited) found.push(reader.bytes())
    else reader.skip(wire)
  }
  return found
}

const text = (bytes: Uint8Array, field: number): string => new TextDecoder().decode(fieldsOf(bytes, field)[0])

function integers(attribute: Uint8Array): Int32Array {
  const [packed] = fieldsOf(attribute, ATTRIBUTE.ints)
  const values: number[] = []
  if (packed) for (const reader = new BinaryReader(packed); reader.pos < reader.len;) values.push(reader.uint32())
  return Int32Array.from(values)
}

function floats(attribute: Uint8Array): Float32Array {
  const [packed = new Uint8Array()] = fieldsOf(attribute, ATTRIBUTE.floats)
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  return Float32Array.from({ length: packed.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
}

import { LEAF, type Forest } from './forest.ts'
import type { Attribute } from './read-attribute.ts'
import type { OperatorNode } from './read-onnx.ts'
import { intsOf, readTreeLists, spansOf, type TreeLists } from './tree-lists.ts'
import { UnsupportedGraph } from './unsupported.ts'
import { malformed } from './wire-reader.ts'

const KNOWN =
  /^(nodes_(treeids|nodeids|featureids|modes|values|truenodeids|falsenodeids|missing_value_tracks_true)|(target|class)_(treeids|nodeids|ids|weights)|n_targets|classlabels_int64s|post_transform|aggregate_function)$/

const MOST_WEIGHTS = 2 ** 26

/** By the numbers of tree and node in the file. */
type LeafNumbers = Map<number, ReadonlyMap<number, number>>
type Growing = Pick<Forest, 'threshold' | 'column' | 'child' | 'columns'>

/**
 * The trees of a TreeEnsembleRegressor or TreeEnsembleClassifier (ai.onnx.ml, versions 1 to 3) that split by BRANCH_LEQ and add their
 * leaves up. Throws MODEL_UNREADABLE where they are no trees, UnsupportedGraph where they are such as this engine does not know.
 */
export function readForest({ operator, attributes }: OperatorNode, bytes: Uint8Array, columns: number): Forest {
  refuseUnknown(operator, attributes)
  const prefix = operator.endsWith('Classifier') ? 'class' : 'target'
  const outputs =
    prefix === 'class' ? attributes.get('classlabels_int64s')?.ints.length : attributes.get('n_targets')?.int
  if (!outputs) throw malformed(`${operator} has no outputs`)
  const lists = readTreeLists(attributes, bytes, columns)
  const spans = spansOf(lists.trees)
  const count = lists.ids.length
  const forest: Growing = {
    columns,
    threshold: new Float32Array(count),
    column: new Uint16Array(count).fill(LEAF),
    child: new Uint32Array(count),
  }
  const leaves: LeafNumbers = new Map()
  let leafCount = 0
  for (const span of spans) {
    const numbers = layOut(lists, span, forest, leafCount)
    leaves.set(lists.trees[span.from], numbers)
    leafCount += numbers.size
  }
  return {
    ...forest,
    outputs,
    roots: Uint32Array.from(spans, ({ from }) => from),
    weights: readWeights(attributes, prefix, { leaves, leafCount, outputs }),
    mostNodes: spans.reduce((most, { from, to }) => Math.max(most, to - from), 0),
  }
}

function refuseUnknown(operator: string, attributes: ReadonlyMap<string, Attribute>): void {
  const unknown = [...attributes.keys()].find((name) => !KNOWN.test(name))
  if (unknown !== undefined) throw new UnsupportedGraph(`${operator} with ${unknown}`)
  const transform = attributes.get('post_transform')?.text ?? 'NONE'
  const aggregate = attributes.get('aggregate_function')?.text ?? 'SUM'
  if (transform !== 'NONE') throw new UnsupportedGraph(`${operator} with ${transform}`)
  if (aggregate !== 'SUM') throw new UnsupportedGraph(`${operator} with ${aggregate}`)
}

/** Places a tree at its numbers, a node before what is below it and the two children of one side by side. Gives its leaves by node. */
function layOut(
  lists: TreeLists,
  { from, to }: { from: number; to: number },
  forest: Growing,
  firstLeaf: number,
): ReadonlyMap<number, number> {
  const tree = lists.trees[from]
  const numbers = new Map<number, number>()
  for (let i = from; i < to; i++) numbers.set(lists.ids[i], i)
  const leaves = new Map<number, number>()
  const waiting = [{ node: from, place: from }]
  let free = from + 1
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, place } = next
    if (lists.isLeaf[node]) {
      forest.child[place] = firstLeaf + leaves.size
      leaves.set(lists.ids[node], firstLeaf + leaves.size)
      continue
    }
    const left = numbers.get(lists.left[node])
    const right = numbers.get(lists.right[node])
    // A node below two others, or below itself, would need more places than there are nodes.
    if (left === undefined || right === undefined || free + 2 > to)
      throw malformed(`node ${lists.ids[node]} of tree ${tree} has no two children of its own`)
    forest.threshold[place] = lists.thresholds[node]
    forest.column[place] = lists.columns[node] + (lists.missing[node] ? forest.columns : 0)
    forest.child[place] = free
    waiting.push({ node: right, place: free + 1 }, { node: left, place: free })
    free += 2
  }
  if (free !== to) throw new UnsupportedGraph(`tree ${tree}, whose first node is not above all others`)
  return leaves
}

/** What leaves add, the outputs of one after those of another. */
function readWeights(
  attributes: ReadonlyMap<string, Attribute>,
  prefix: 'class' | 'target',
  { leaves, leafCount, outputs }: { leaves: LeafNumbers; leafCount: number; outputs: number },
): Float32Array {
  if (leafCount * outputs > MOST_WEIGHTS) throw malformed(`${leafCount} leaves of ${outputs} outputs`)
  const weights = new Float32Array(leafCount * outputs)
  const values = attributes.get(`${prefix}_weights`)?.floats ?? new Float32Array()
  const [trees, nodes, ids] = ['treeids', 'nodeids', 'ids'].map((name) =>
    intsOf(attributes, `${prefix}_${name}`, values.length),
  )
  values.forEach((value, i) => {
    const leaf = leaves.get(trees[i])?.get(nodes[i])
    if (leaf === undefined || ids[i] < 0 || ids[i] >= outputs)
      throw malformed(`${prefix}_weights has one for output ${ids[i]} of node ${nodes[i]}, tree ${trees[i]}`)
    weights[leaf * outputs + ids[i]] += value
  })
  // Engines score a classifier of two classes by one column where its leaves name only one of them.
  if (prefix === 'class' && outputs <= 2 && new Set(ids).size < outputs)
    throw new UnsupportedGraph('a classifier of two classes whose leaves name one')
  return weights
}

import { LEAF, type Forest } from './forest.ts'
import type { Kernel } from './kernel/module.ts'
import { orderRows } from './kernel/order-rows.ts'
import { NO_COLUMN, pruneTree } from './kernel/prune-tree.ts'
import { addRows, addValues, CHILD, COLUMN, LEAF_VALUE, NODE, THRESHOLD, walkTree } from './kernel/walk-tree.ts'
import { BLOCK_ROWS, rowOctets, toVectors, type Layout, type Operand, type Step } from './operand.ts'

/** Where a forest's things lie. */
type Places = ReturnType<typeof placesOf>

/** Octets from a row of sums to the next: one float where there is one output. */
const sumOctets = (outputs: number): number => (outputs === 1 ? 4 : rowOctets(outputs))

function placesOf({ outputs, column, mostNodes, weights }: Forest, { stride }: Operand, layout: Layout) {
  return {
    keys: layout.take(2 * stride * BLOCK_ROWS),
    least: layout.take(2 * stride),
    most: layout.take(2 * stride),
    leaves: layout.take(4 * BLOCK_ROWS),
    sums: layout.take(sumOctets(outputs) * BLOCK_ROWS),
    pruned: layout.take(NODE * mostNodes),
    waiting: layout.take(8 * mostNodes),
    nodes: layout.take(NODE * column.length),
    weights: outputs === 1 ? 0 : layout.take((sumOctets(outputs) * weights.length) / outputs),
  }
}

/** Sums of the leaves that rows fall into, tree after tree in float32: exactly what engines of float32 give. */
export function forestStep(forest: Forest, rows: Operand, layout: Layout): Step {
  const { outputs, roots } = forest
  const at = placesOf(forest, rows, layout)
  const { stride } = rows
  return {
    width: outputs,
    functions: {
      order: orderRows(stride, stride),
      prune: pruneTree,
      walk: walkTree(2 * stride),
      add: outputs === 1 ? addValues : addRows(sumOctets(outputs)),
    },
    bind({ memory, functions }, out) {
      writeNodes(forest, at, stride, memory)
      const sums = new Float32Array(memory, at.sums, (sumOctets(outputs) / 4) * BLOCK_ROWS)
      const results = new Float32Array(memory, out.address, (out.stride / 4) * BLOCK_ROWS)
      return (count) => {
        const end = rows.address + count * stride
        for (let offset = 0; offset < stride; offset += 16)
          functions.order(rows.address + offset, end, at.keys + offset, at.least + offset, at.most + offset)
        sums.fill(0)
        addTrees(functions, roots, at, { keys: 2 * stride * count, sums: sumOctets(outputs) * count })
        copyRows(sums, sumOctets(outputs) / 4, results, out.stride / 4, count)
      }
    },
  }
}

/** For so many octets of keys and sums. */
function addTrees(
  { prune, walk, add }: Kernel['functions'],
  roots: Uint32Array,
  at: Places,
  octets: { keys: number; sums: number },
): void {
  for (const root of roots) {
    prune(at.nodes + NODE * root, at.pruned, at.waiting, at.least, at.most)
    walk(at.keys, at.keys + octets.keys, at.pruned, at.leaves)
    add(at.sums, at.sums + octets.sums, at.leaves)
  }
}

function writeNodes(forest: Forest, at: Places, stride: number, memory: ArrayBuffer): void {
  const { column, columns, threshold, child, weights, outputs } = forest
  const view = new DataView(memory)
  for (let node = 0; node < column.length; node++) {
    const place = at.nodes + NODE * node
    if (column[node] === LEAF) {
      view.setInt32(place + COLUMN, NO_COLUMN, true)
      if (outputs === 1) view.setFloat32(place + LEAF_VALUE, weights[child[node]], true)
      else view.setUint32(place + LEAF_VALUE, at.weights + sumOctets(outputs) * child[node], true)
    } else {
      const isMissingLeft = column[node] >= columns
      view.setInt32(place + THRESHOLD, orderedKey(threshold[node]), true)
      view.setInt32(place + COLUMN, 4 * (column[node] % columns) + (isMissingLeft ? stride : 0), true)
      view.setInt32(place + CHILD, at.nodes + NODE * child[node], true)
    }
  }
  const leaves = weights.length / outputs
  const width = toVectors(outputs)
  if (outputs > 1) copyRows(weights, outputs, new Float32Array(memory, at.weights, leaves * width), width, leaves)
}

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The key that `orderRows` gives the same number. */
function orderedKey(value: number): number {
  float[0] = value + 0
  return bits[0] ^ ((bits[0] >> 31) & 0x7fffffff)
}

/** Copies rows from one width to another, as much as both have room for. */
export function copyRows(
  from: Float32Array,
  fromWidth: number,
  to: Float32Array,
  toWidth: number,
  count: number,
): void {
  if (fromWidth === toWidth) {
    to.set(from.subarray(0, count * fromWidth))
    return
  }
  const width = Math.min(fromWidth, toWidth)
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) to[row * toWidth + i] = from[row * fromWidth + i]
  }
}

import {
  add,
  get,
  int,
  isGreater,
  isLess,
  load,
  or,
  repeatWhile,
  set,
  shiftLeft,
  store,
  vector,
  xor,
} from './instructions.ts'
import type { KernelFunction } from './module.ts'

/** Octets of a node: key of the split, octets from the start of a row to its column, address of the left child, what a leaf says. */
export const NODE = 16
export const THRESHOLD = 0
export const COLUMN = 4
export const CHILD = 8
export const LEAF_VALUE = 12

/** Rows that go down side by side, since a step of one has to wait for memory before its next. */
export const LANES = 4

/**
 * walk(row, end, root, leaves): sends the rows of keys from `row` to `end`, of `stride` octets each, down the tree, LANES at a time until each
 * of them stays where it is, as leaves lead to themselves. Writes what the leaves say to `leaves`.
 */
export function walkTree(stride: number): KernelFunction {
  return {
    parameters: 4,
    body([row, end, root, leaves], locals) {
      const lanes = Array.from({ length: LANES }, (_, lane) => ({
        node: locals.int(),
        next: locals.int(),
        offset: lane * stride,
        leaf: 4 * lane,
      }))
      const isMoving = lanes.map(({ node, next }) => xor(get(node), get(next))).reduce((a, b) => or(a, b))
      const moved = locals.int()
      return [
        repeatWhile(
          isLess(get(row), get(end)),
          ...lanes.map(({ node }) => set(node, get(root))),
          repeatWhile(
            get(moved),
            ...lanes.map(({ node, next, offset }) => {
              const key = load(add(get(row), load(get(node), COLUMN)), offset)
              const goesRight = isGreater(key, load(get(node), THRESHOLD))
              return set(next, add(load(get(node), CHILD), shiftLeft(goesRight, int(Math.log2(NODE)))))
            }),
            set(moved, isMoving),
            ...lanes.map(({ node, next }) => set(node, get(next))),
          ),
          ...lanes.map(({ node, leaf }) => store(get(leaves), load(get(node), LEAF_VALUE), leaf)),
          set(leaves, add(get(leaves), int(4 * LANES))),
          set(row, add(get(row), int(LANES * stride))),
        ),
      ]
    },
  }
}

/** addValues(sums, end, leaves): adds one float a row, the leaves' own values. */
export const addValues: KernelFunction = {
  parameters: 3,
  body: ([sums, end, leaves]) => [
    repeatWhile(
      isLess(get(sums), get(end)),
      vector.store(get(sums), vector.add(vector.load(get(sums)), vector.load(get(leaves)))),
      set(sums, add(get(sums), int(16))),
      set(leaves, add(get(leaves), int(16))),
    ),
  ],
}

/** addRows(sums, end, leaves): adds a row of `octets`, at the address that each leaf says. */
export function addRows(octets: number): KernelFunction {
  return {
    parameters: 3,
    body([sums, end, leaves], locals) {
      const weights = locals.int()
      const offsets = Array.from({ length: octets / 16 }, (_, i) => 16 * i)
      return [
        repeatWhile(
          isLess(get(sums), get(end)),
          set(weights, load(get(leaves))),
          ...offsets.map((at) =>
            vector.store(get(sums), vector.add(vector.load(get(sums), at), vector.load(get(weights), at)), at),
          ),
          set(sums, add(get(sums), int(octets))),
          set(leaves, add(get(leaves), int(4))),
        ),
      ]
    },
  }
}

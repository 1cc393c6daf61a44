import { LEAF } from './forest.ts'
import type { Attribute } from './read-attribute.ts'
import { UnsupportedGraph } from './unsupported.ts'
import { malformed } from './wire-reader.ts'

/** A row goes to the left, `true` side of a split where its value is at most the threshold. */
const SPLIT = 'BRANCH_LEQ'
const MOST_COLUMNS = LEAF >> 1

/** The attributes of a tree operator that say what its nodes are: number i of each list is of node i. */
export interface TreeLists {
  readonly trees: Int32Array
  readonly ids: Int32Array
  readonly columns: Int32Array
  readonly thresholds: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** Not 0 where an absent value goes left. */
  readonly missing: Int32Array
  readonly isLeaf: Uint8Array
}

export function readTreeLists(
  attributes: ReadonlyMap<string, Attribute>,
  bytes: Uint8Array,
  columns: number,
): TreeLists {
  const thresholds = attributes.get('nodes_values')?.floats ?? new Float32Array()
  const count = thresholds.length
  const list = (name: string) => intsOf(attributes, name, count)
  const lists = {
    trees: list('nodes_treeids'),
    ids: list('nodes_nodeids'),
    columns: list('nodes_featureids'),
    thresholds,
    left: list('nodes_truenodeids'),
    right: list('nodes_falsenodeids'),
    missing: attributes.has('nodes_missing_value_tracks_true')
      ? list('nodes_missing_value_tracks_true')
      : new Int32Array(count),
    isLeaf: leavesOf(attributes.get('nodes_modes'), bytes, count),
  }
  if (columns > MOST_COLUMNS) throw new UnsupportedGraph(`trees over ${columns} columns`)
  for (let i = 0; i < count; i++) {
    const isWithin = lists.columns[i] >= 0 && lists.columns[i] < columns
    if (!isWithin) throw malformed(`a tree splits column ${lists.columns[i]} of ${columns}`)
    if (Number.isNaN(thresholds[i])) throw malformed('a threshold is no number')
  }
  return lists
}

export function intsOf(attributes: ReadonlyMap<string, Attribute>, name: string, count: number): Int32Array {
  const found = attributes.get(name)?.ints
  if (found?.length !== count) throw malformed(`${name} has ${found?.length ?? 'no'} numbers, expected ${count}`)
  return found
}

/** From the modes; other splits than SPLIT are for other engines. */
function leavesOf(modes: Attribute | undefined, bytes: Uint8Array, count: number): Uint8Array {
  const ranges = modes?.textRanges
  if (ranges?.length !== 2 * count) throw malformed(`nodes_modes does not have ${count} names`)
  return Uint8Array.from({ length: count }, (_, i) => {
    if (isText(bytes, ranges[2 * i], ranges[2 * i + 1], 'LEAF')) return 1
    if (isText(bytes, ranges[2 * i], ranges[2 * i + 1], SPLIT)) return 0
    throw new UnsupportedGraph(`trees that split otherwise than by ${SPLIT}`)
  })
}

function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text.charCodeAt(i)) return false
  return true
}

/** The nodes of each tree, which stand together. */
export function spansOf(trees: Int32Array): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = []
  for (let from = 0, to = 0; from < trees.length; from = to) {
    while (to < trees.length && trees[to] === trees[from]) to++
    spans.push({ from, to })
  }
  const isScattered = new Set(spans.map(({ from }) => trees[from])).size < spans.length
  if (isScattered) throw new UnsupportedGraph('trees whose nodes do not stand together')
  return spans
}

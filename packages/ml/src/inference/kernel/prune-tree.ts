import {
  add,
  get,
  int,
  isAtMost,
  isGreater,
  isLess,
  load,
  repeatWhile,
  set,
  store,
  subtract,
  when,
  type Local,
} from './instructions.ts'
import type { KernelFunction } from './module.ts'
import { ABOVE_ALL } from './order-rows.ts'
import { CHILD, COLUMN, LEAF_VALUE, NODE, THRESHOLD } from './walk-tree.ts'

/** Stands for the column of a leaf in the trees that are pruned. */
export const NO_COLUMN = -1

/**
 * prune(node, place, waiting, least, most): copies the tree below `node` to `place` without the splits that all rows take the same way, as
 * the smallest and largest key of their columns tell, and gives the address behind it. `waiting` is a stack of what is still to
 * be copied: node and place, eight octets each. On flows a fourth of the splits on a row's way is left, and less, with the same leaves.
 */
export const pruneTree: KernelFunction = {
  parameters: 5,
  hasResult: true,
  body([node, place, waiting, least, most], locals) {
    const [bottom, free, column, threshold, isResolving] = Array.from({ length: 5 }, () => locals.int())
    const push = (at: Local, offset: number): number[][] => [
      [...store(get(waiting), add(get(at), int(offset)))],
      [...store(get(waiting), add(get(free), int(offset)), 4)],
      [...set(waiting, add(get(waiting), int(8)))],
    ]
    const follow = (offset: number) => [set(node, add(load(get(node), CHILD), int(offset))), set(isResolving, int(1))]
    const split = [
      store(get(place), get(threshold), THRESHOLD),
      store(get(place), get(column), COLUMN),
      store(get(place), get(free), CHILD),
      set(node, load(get(node), CHILD)),
      ...push(node, NODE),
      ...push(node, 0),
      set(free, add(get(free), int(2 * NODE))),
    ]
    const leaf = [
      store(get(place), int(ABOVE_ALL), THRESHOLD),
      store(get(place), int(0), COLUMN),
      store(get(place), get(place), CHILD),
      store(get(place), load(get(node), LEAF_VALUE), LEAF_VALUE),
    ]
    return [
      set(bottom, get(waiting)),
      set(free, get(place)),
      ...push(node, 0),
      set(free, add(get(place), int(NODE))),
      repeatWhile(
        isLess(get(bottom), get(waiting)),
        set(waiting, subtract(get(waiting), int(8))),
        set(node, load(get(waiting))),
        set(place, load(get(waiting), 4)),
        repeatWhile(
          get(isResolving),
          set(isResolving, int(0)),
          set(column, load(get(node), COLUMN)),
          when(isLess(get(column), int(0)), leaf, [
            set(threshold, load(get(node), THRESHOLD)),
            when(isAtMost(load(add(get(most), get(column))), get(threshold)), follow(0), [
              when(isGreater(load(add(get(least), get(column))), get(threshold)), follow(NODE), split),
            ]),
          ]),
        ),
      ),
      get(free),
    ]
  },
}

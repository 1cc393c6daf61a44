import { parentPort, workerData } from 'node:worker_threads'
import { growTree } from './forest-plan.ts'
import type { TreeThreadData } from './tree-threads.ts'

const { plan, next } = workerData as TreeThreadData

for (let index = Atomics.add(next, 0, 1); index < plan.treeCount; index = Atomics.add(next, 0, 1)) {
  const tree = growTree(plan, index)
  const arrays = Object.values(tree) as { buffer: ArrayBuffer }[]
  parentPort?.postMessage(
    { index, tree },
    arrays.map(({ buffer }) => buffer),
  )
}

import { Worker } from 'node:worker_threads'
import { MlError } from '../errors.ts'
import type { DecisionTree } from './decision-tree.ts'
import type { ForestPlan } from './forest-plan.ts'
import type { TrainingProgress } from './progress.ts'

export interface GrownTree {
  index: number
  tree: DecisionTree
}

export interface TreeThreadData {
  plan: ForestPlan
  /** Number of the next tree that nobody grows yet. */
  next: Int32Array
}

/** Grows all trees of a plan; threads take the next one as they become free. Rejects with TRAINING_FAILED where a thread dies. */
export async function growTreesOnThreads(
  plan: ForestPlan,
  { threads, onProgress }: { threads: number } & TrainingProgress,
): Promise<DecisionTree[]> {
  const workerData: TreeThreadData = { plan, next: new Int32Array(new SharedArrayBuffer(4)) }
  const trees: DecisionTree[] = Array.from({ length: plan.treeCount })
  let grown = 0
  const take = ({ index, tree }: GrownTree) => {
    trees[index] = tree
    onProgress?.(++grown / plan.treeCount)
  }
  const count = Math.max(1, Math.min(threads, plan.treeCount))
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL('./tree-thread.ts', import.meta.url), { workerData }),
  )
  try {
    await Promise.all(workers.map((worker) => finished(worker, take)))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return trees
}

function finished(worker: Worker, take: (grown: GrownTree) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', take)
    worker.on('error', (cause) => reject(new MlError('TRAINING_FAILED', `training: ${cause.message}`, { cause })))
    worker.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new MlError('TRAINING_FAILED', `training: a thread ended with code ${code} before it was done`))
    })
  })
}

import { chain } from '../chain.ts'
import type { Stage } from '../observation.ts'
import type { ProcessAddon } from '../process-addon.ts'
import { BudgetKeeper, type BudgetKeeperOptions } from './budget-keeper.ts'
import { MemoryKeeper } from './memory-keeper.ts'

/** Watches what this process uses: gives memory back, and keeps to the budget by taking steps. */
export function watchOwnUse(
  own: ProcessAddon | undefined,
  budget: Pick<BudgetKeeperOptions, 'limits' | 'nowUs' | 'onStep'>,
): Stage {
  const residentBytes = () => process.memoryUsage.rss()
  const measure = () => {
    const { user, system } = process.cpuUsage()
    return { cpuUs: user + system, memoryBytes: residentBytes() }
  }
  return chain([
    new MemoryKeeper({ release: () => own?.releaseMemory(), residentBytes }),
    new BudgetKeeper({ ...budget, measure }),
  ])
}

import { type KernelCounters, NO_COUNTERS } from './kernel-counters.ts'

/** What the kernel's totals of one interface grew by from look to look. */
export class CounterDifferences {
  #before: KernelCounters | undefined

  constructor(before: KernelCounters | undefined) {
    this.#before = before
  }

  /** Never below 0: a driver may start its counters anew. */
  advance(counters: KernelCounters | undefined): KernelCounters {
    const before = this.#before
    this.#before = counters
    return counters && before ? differences(before, counters) : { ...NO_COUNTERS }
  }
}

export function differences(before: KernelCounters, after: KernelCounters): KernelCounters {
  const grown = { ...NO_COUNTERS }
  for (const key of Object.keys(grown) as (keyof KernelCounters)[]) grown[key] = Math.max(0, after[key] - before[key])
  return grown
}

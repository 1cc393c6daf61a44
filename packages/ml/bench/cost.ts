export interface Cost {
  seconds: number
  /** Of all threads together: what counts where other work shares the cores. */
  cpu_seconds: number
}

export const NO_COST: Cost = { seconds: 0, cpu_seconds: 0 }

/** The result of some work of this process and what it took. */
export async function timed<T>(work: () => T | Promise<T>): Promise<[T, Cost]> {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, { seconds: (performance.now() - startedAt) / 1e3, cpu_seconds: (user + system) / 1e6 }]
}

export function sum(...costs: readonly Cost[]): Cost {
  const add = (a: Cost, b: Cost) => ({ seconds: a.seconds + b.seconds, cpu_seconds: a.cpu_seconds + b.cpu_seconds })
  return costs.reduce(add, NO_COST)
}

/** Both beside each other, and how many times less the first is. */
export function compared(own: Cost, peer: Cost | undefined): Record<string, number> {
  return {
    ...own,
    ...(peer && {
      peer_seconds: peer.seconds,
      peer_cpu_seconds: peer.cpu_seconds,
      times_faster: peer.seconds / own.seconds,
      times_less_cpu: peer.cpu_seconds / own.cpu_seconds,
    }),
  }
}

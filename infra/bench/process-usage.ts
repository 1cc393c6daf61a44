import { readFileSync, readdirSync } from 'node:fs'

/** Linux reports process times in ticks of a hundredth of a second to every program (USER_HZ). */
const TICKS_PER_SECOND = 100
const PAGE_OCTETS = 4096

/** What a process group uses, with all its threads and children. */
export interface Usage {
  /** Processor time since each process began, seconds; that of children that ended included. */
  readonly cpuSeconds: number
  readonly residentOctets: number
  /** The processor time by name of thread; `ended children` are those that their parents waited for. */
  readonly threads: Readonly<Record<string, number>>
}

/** Sums over every process of a group, read from /proc. */
export function usageOf(group: number): Usage {
  const threads: Record<string, number> = {}
  let residentOctets = 0
  const add = (name: string, ticks: number) => (threads[name] = (threads[name] ?? 0) + ticks / TICKS_PER_SECOND)
  for (const pid of listNumbers('/proc')) {
    const stat = statOf(`/proc/${pid}/stat`)
    if (stat === undefined || Number(stat.fields[2]) !== group) continue
    residentOctets += Number(stat.fields[21]) * PAGE_OCTETS
    add('ended children', Number(stat.fields[13]) + Number(stat.fields[14]))
    let ended = ticksOf(stat.fields)
    for (const thread of listNumbers(`/proc/${pid}/task`)) {
      const own = statOf(`/proc/${pid}/task/${thread}/stat`)
      if (own) add(own.name, ticksOf(own.fields))
      ended -= own ? ticksOf(own.fields) : 0
    }
    add('ended threads', Math.max(0, ended))
  }
  return { cpuSeconds: Object.values(threads).reduce((sum, seconds) => sum + seconds, 0), residentOctets, threads }
}

const ticksOf = (fields: readonly string[]): number => Number(fields[11]) + Number(fields[12])

/** A process may end between the listing and the reading. */
function listNumbers(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** The name, and the fields of a stat file after it, so that index 0 is the state (proc_pid_stat(5)). */
function statOf(file: string): { name: string; fields: string[] } | undefined {
  try {
    const stat = readFileSync(file, 'utf8')
    const end = stat.lastIndexOf(')')
    return { name: stat.slice(stat.indexOf('(') + 1, end), fields: stat.slice(end + 2).split(' ') }
  } catch {
    return undefined
  }
}

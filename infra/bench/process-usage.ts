import { readFileSync, readdirSync } from 'node:fs'

/** Linux reports process times in ticks of a hundredth of a second to every program (USER_HZ). */
const TICKS_PER_SECOND = 100
const PAGE_OCTETS = 4096

/** What a process group uses, with all its threads and children. */
export interface Usage {
  /** Processor time since each process began, seconds. */
  readonly cpuSeconds: number
  readonly residentOctets: number
}

/** Sums over every process of a group, read from /proc. */
export function usageOf(group: number): Usage {
  let cpuSeconds = 0
  let residentOctets = 0
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(name) : undefined
    if (!fields || Number(fields[2]) !== group) continue
    cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    residentOctets += Number(fields[21]) * PAGE_OCTETS
  }
  return { cpuSeconds, residentOctets }
}

/** Fields of /proc/PID/stat after the command's name, so that index 0 is the state. */
function statOf(pid: string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

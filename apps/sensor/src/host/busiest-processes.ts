import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ProcessUsage } from '@picket/proto'

interface ProcessTicks {
  readonly pid: number
  readonly name: string
  readonly ticks: number
  readonly memoryPages: number
}

// USER_HZ and the page size of every Linux platform Node 24 has builds for, 64 KiB-page kernels excepted.
const ticksPerSecond = 100
const pageBytes = 4096
const kept = 10
// Synchronous reads cost a fifth of asynchronous ones here; 50 of them hold the event loop for about 1 ms.
const readsPerTurn = 50

/**
 * The processes that used most CPU since the call before, from /proc/PID/stat (proc_pid_stat(5)): 4 ms of CPU for 100
 * processes where `ps`, which systeminformation starts, takes 60 ms.
 */
export class BusiestProcesses {
  readonly #proc: string
  #before = new Map<number, ProcessTicks>()
  #beforeMs = 0

  constructor(proc = '/proc') {
    this.#proc = proc
  }

  async read(nowMs: number): Promise<ProcessUsage[]> {
    const current = await this.#readAll()
    const spanS = (nowMs - this.#beforeMs) / 1000
    const usage = current.map((process): ProcessUsage => {
      const before = this.#before.get(process.pid)
      const ticks = before && before.name === process.name ? Math.max(0, process.ticks - before.ticks) : 0
      return {
        pid: process.pid,
        name: process.name,
        cpuCores: spanS > 0 ? ticks / ticksPerSecond / spanS : 0,
        memoryBytes: process.memoryPages * pageBytes,
      }
    })
    this.#before = new Map(current.map((process) => [process.pid, process]))
    this.#beforeMs = nowMs
    return usage.sort((a, b) => b.cpuCores - a.cpuCores || b.memoryBytes - a.memoryBytes).slice(0, kept)
  }

  async #readAll(): Promise<ProcessTicks[]> {
    const pids = (await readdir(this.#proc)).filter((name) => /^\d+$/.test(name))
    const processes: ProcessTicks[] = []
    for (const [index, pid] of pids.entries()) {
      if (index % readsPerTurn === readsPerTurn - 1) await nextTurn()
      const parsed = parseProcessStat(readOrEmpty(`${this.#proc}/${pid}/stat`))
      if (parsed) processes.push(parsed)
    }
    return processes
  }
}

/** A process may end between the listing and the reading. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** One /proc/PID/stat line; undefined when the process is gone or is a kernel thread without memory. */
export function parseProcessStat(text: string): ProcessTicks | undefined {
  // The name is in parentheses and may itself hold spaces and parentheses.
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const fields = text
    .slice(close + 2)
    .split(' ')
    .map(Number)
  const [userTicks = 0, systemTicks = 0] = fields.slice(11, 13)
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(open + 1, close),
    ticks: userTicks + systemTicks,
    memoryPages: Math.max(0, fields[21] ?? 0),
  }
}

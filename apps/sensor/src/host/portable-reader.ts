import { cpus, loadavg, uptime } from 'node:os'
import si from 'systeminformation'
import type { CoreTicks, HostReading } from './proc-reader.ts'

/** The same numbers on systems without /proc, by Node and systeminformation. */
export async function readHostPortably(): Promise<HostReading> {
  const memory = await si.mem()
  const cores = cpus().map(({ times }): CoreTicks => {
    const busy = times.user + times.nice + times.sys + times.irq
    return { busy, total: busy + times.idle }
  })
  const [load1m = 0, load5m = 0] = loadavg()
  return {
    all: { busy: sum(cores, 'busy'), total: sum(cores, 'total') },
    cores,
    memoryTotalBytes: memory.total,
    memoryUsedBytes: Math.max(0, memory.total - memory.available),
    swapUsedBytes: memory.swapused,
    load1m,
    load5m,
    uptimeS: Math.floor(uptime()),
  }
}

function sum(cores: readonly CoreTicks[], field: keyof CoreTicks): number {
  return cores.reduce((total, core) => total + core[field], 0)
}

import { cpus, loadavg, uptime } from 'node:os'
import type { DiskUsage, ProcessUsage } from '@picket/proto'
import type { CoreTicks, HostReading } from './proc-reader.ts'

/** Loaded where it is needed alone: 3 MB that no sensor on Linux has use for. */
const loadSystemInformation = async () => (await import('systeminformation')).default

/** The same numbers on systems without /proc, by Node and systeminformation. */
export async function readHostPortably(): Promise<HostReading> {
  const memory = await (await loadSystemInformation()).mem()
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

export async function readDisksPortably(): Promise<DiskUsage[]> {
  const systems = await (await loadSystemInformation()).fsSize()
  return systems.map(({ mount, size, used }) => ({ mount, sizeBytes: size, usedBytes: used }))
}

export async function readTemperaturePortably(): Promise<number | undefined> {
  const { main, max } = await (await loadSystemInformation()).cpuTemperature()
  return [max, main].find((value) => typeof value === 'number' && value > 0)
}

export async function readProcessesPortably(): Promise<ProcessUsage[]> {
  const { list } = await (await loadSystemInformation()).processes()
  return list
    .sort((a, b) => b.cpu - a.cpu)
    .slice(0, 10)
    .map(({ pid, name, cpu, memRss }) => ({ pid, name, cpuCores: cpu / 100, memoryBytes: memRss * 1024 }))
}

/** The address of the gateway, or nothing. */
export async function readGatewayPortably(): Promise<string> {
  return (await loadSystemInformation()).networkGatewayDefault().catch(() => '')
}

function sum(cores: readonly CoreTicks[], field: keyof CoreTicks): number {
  return cores.reduce((total, core) => total + core[field], 0)
}

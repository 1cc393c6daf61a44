import { platform } from 'node:os'
import type { DiskUsage, HostSample, ProcessUsage } from '@picket/proto'
import si from 'systeminformation'
import type { Stage } from '../observation.ts'
import type { Telemetry } from '../telemetry.ts'
import { BusiestProcesses } from './busiest-processes.ts'
import { Cached } from './cached.ts'
import { busyShare, readHost, type HostReading } from './proc-reader.ts'
import { readHostPortably } from './portable-reader.ts'

export interface HostSamplerOptions {
  readonly onSample: (sample: HostSample) => void
  readonly nowUs: () => number
  readonly telemetry: Telemetry
  readonly intervalMs?: number
}

// What systeminformation reads by starting programs (df, sensors) costs 5-10 ms of CPU a call.
const disksLifetimeMs = 60_000
const temperatureLifetimeMs = 60_000
const processesLifetimeMs = 15_000

/** Samples the host's resources every few seconds. A reading that fails is counted and costs only its own part. */
export class HostSampler implements Stage {
  readonly #options: Required<HostSamplerOptions>
  readonly #readHost = platform() === 'linux' ? readHost : readHostPortably
  readonly #busiest = new BusiestProcesses()
  readonly #disks = new Cached<DiskUsage[]>([], disksLifetimeMs, readDisks)
  readonly #temperature = new Cached<number | undefined>(undefined, temperatureLifetimeMs, readTemperature)
  readonly #processes = new Cached<ProcessUsage[]>([], processesLifetimeMs, () =>
    platform() === 'linux' ? this.#busiest.read(performance.now()) : readProcesses(),
  )
  #before: { reading: HostReading; cpu: NodeJS.CpuUsage; atMs: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #busy = false

  constructor(options: HostSamplerOptions) {
    this.#options = { intervalMs: 5000, ...options }
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => this.#tick(), this.#options.intervalMs)
    this.#tick()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#running
  }

  #tick(): void {
    if (this.#busy) return
    this.#busy = true
    this.#running = this.sample()
      .then((sample) => sample && this.#options.onSample(sample))
      .catch(() => this.#options.telemetry.add('hostSampleFailures'))
      .finally(() => (this.#busy = false))
  }

  /** One sample; undefined the first time, because shares need a span. */
  async sample(): Promise<HostSample | undefined> {
    const reading = await this.#readHost()
    const now = { reading, cpu: process.cpuUsage(), atMs: performance.now() }
    const before = this.#before
    this.#before = now
    const [disks, temperature, processes] = [
      await this.#orElse(this.#disks.get(now.atMs), []),
      await this.#orElse(this.#temperature.get(now.atMs), undefined),
      await this.#orElse(this.#processes.get(now.atMs), []),
    ]
    if (!before) return undefined
    const cpuUs = now.cpu.user + now.cpu.system - before.cpu.user - before.cpu.system
    this.#options.telemetry.add('hostSamples')
    return {
      timeUs: this.#options.nowUs(),
      cpuUtilization: busyShare(before.reading.all, reading.all),
      coreUtilization: reading.cores.map((core, index) => busyShare(before.reading.cores[index] ?? core, core)),
      memoryUsedBytes: reading.memoryUsedBytes,
      memoryTotalBytes: reading.memoryTotalBytes,
      swapUsedBytes: reading.swapUsedBytes,
      load1m: reading.load1m,
      load5m: reading.load5m,
      temperatureCelsius: temperature,
      disks,
      processes,
      uptimeS: reading.uptimeS,
      sensorCpuCores: cpuUs / 1000 / Math.max(1, now.atMs - before.atMs),
      sensorMemoryBytes: process.memoryUsage.rss(),
    }
  }

  async #orElse<T>(reading: Promise<T>, fallback: T): Promise<T> {
    try {
      return await reading
    } catch {
      this.#options.telemetry.add('hostSampleFailures')
      return fallback
    }
  }
}

async function readDisks(): Promise<DiskUsage[]> {
  const systems = await si.fsSize()
  return systems.map(({ mount, size, used }) => ({ mount, sizeBytes: size, usedBytes: used }))
}

async function readTemperature(): Promise<number | undefined> {
  const { main, max } = await si.cpuTemperature()
  // systeminformation says null, or -1 on older kernels, where there is no sensor.
  return [max, main].find((value) => typeof value === 'number' && value > 0)
}

async function readProcesses(): Promise<ProcessUsage[]> {
  const { list } = await si.processes()
  return list
    .sort((a, b) => b.cpu - a.cpu)
    .slice(0, 10)
    .map(({ pid, name, cpu, memRss }) => ({ pid, name, cpuCores: cpu / 100, memoryBytes: memRss * 1024 }))
}

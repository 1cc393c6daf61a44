import { platform } from 'node:os'
import type { DiskUsage, HostSample, ProcessUsage } from '@picket/proto'
import type { Stage } from '../observation.ts'
import type { Telemetry } from '../telemetry.ts'
import { BusiestProcesses } from './busiest-processes.ts'
import { Cached } from './cached.ts'
import { readDisks } from './disk-reader.ts'
import { busyShare, readHost, type HostReading } from './proc-reader.ts'
import * as portable from './portable-reader.ts'
import { readTemperature } from './temperature-reader.ts'

export interface HostSamplerOptions {
  readonly onSample: (sample: HostSample) => void
  readonly nowUs: () => number
  readonly telemetry: Telemetry
  readonly intervalMs?: number
}

// They change slowly, and elsewhere than on Linux programs are started for them, 5-10 ms of CPU a call.
const disksLifetimeMs = 60_000
const temperatureLifetimeMs = 60_000
const processesLifetimeMs = 15_000

const isLinux = platform() === 'linux'

/** Samples the host's resources every few seconds. A reading that fails is counted and costs only its own part. */
export class HostSampler implements Stage {
  readonly #options: Required<HostSamplerOptions>
  readonly #readHost = isLinux ? readHost : portable.readHostPortably
  readonly #busiest = new BusiestProcesses()
  readonly #disks = new Cached<DiskUsage[]>([], disksLifetimeMs, isLinux ? readDisks : portable.readDisksPortably)
  readonly #temperature = new Cached<number | undefined>(undefined, temperatureLifetimeMs, () =>
    isLinux ? readTemperature() : portable.readTemperaturePortably(),
  )
  readonly #processes = new Cached<ProcessUsage[]>([], processesLifetimeMs, () =>
    isLinux ? this.#busiest.read(performance.now()) : portable.readProcessesPortably(),
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

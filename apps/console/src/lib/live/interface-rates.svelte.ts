import type { LiveInterfaceSample } from '@picket/store/live'
import { untrack } from 'svelte'
import { live } from '#lib/live.svelte.ts'

/** What one interface does now. */
export interface InterfaceRate {
  sensorId: string
  interface: string
  receivedBps: number | null
  sentBps: number | null
  receivedPps: number | null
  sentPps: number | null
  flowsActive: number | null
  speedBps: number | null
  /** What a host says to itself is shown, but is no load of its links: it stays out of sums. */
  loopback: boolean
  /** Epoch milliseconds of the sample; 0 when there was none. */
  at: number
}

/** A rate older than this is no longer "now". */
export const RATE_VALID_MS = 15_000
/** One redraw for all samples that came in meanwhile, however many sensors send. */
const REDRAW_MS = 500

export const interfaceKey = (sensorId: string, name: string): string => `${sensorId}/${name}`

export function toRate(sensorId: string, sample: LiveInterfaceSample, loopback: boolean): InterfaceRate {
  const seconds = sample.spanUs / 1e6 || 1
  return {
    sensorId,
    interface: sample.interface,
    receivedBps: (sample.receivedOctets * 8) / seconds,
    sentBps: (sample.sentOctets * 8) / seconds,
    receivedPps: sample.receivedPackets / seconds,
    sentPps: sample.sentPackets / seconds,
    flowsActive: sample.flowsActive,
    speedBps: sample.speedBps ?? null,
    loopback,
    at: sample.timeUs / 1000,
  }
}

interface SeedRow extends Omit<InterfaceRate, 'at' | 'loopback'> {
  medium: string
  lastSampleUs: number | null
}

/** Rates of all interfaces now: the page's own rows first, then moved by the live feed. */
export class InterfaceRates {
  #rates = $state.raw<ReadonlyMap<string, InterfaceRate>>(new Map())
  #pending = new Map<string, InterfaceRate>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(rows: readonly SeedRow[]) {
    this.seed(rows)
  }

  /**
   * Rows of a fresh load; a live sample that is newer stays. Effects call it, so what it reads of itself is no dependency:
   * it would run again for what it wrote.
   */
  seed(rows: readonly SeedRow[]): void {
    const before = untrack(() => this.#rates)
    const rates = new Map<string, InterfaceRate>()
    for (const row of rows) {
      const key = interfaceKey(row.sensorId, row.interface)
      const at = row.lastSampleUs === null ? 0 : row.lastSampleUs / 1000
      const known = before.get(key)
      rates.set(key, known && known.at >= at ? known : { ...row, loopback: row.medium === 'loopback', at })
    }
    this.#rates = rates
  }

  /** Follows the feed while the calling effect lives. */
  follow(paused: () => boolean = () => false): () => void {
    const off = live.on('interfaces', ({ sensorId, samples }) => {
      if (paused()) return
      for (const sample of samples) {
        const key = interfaceKey(sensorId, sample.interface)
        const loopback = this.#rates.get(key)?.loopback ?? sample.interface === 'lo'
        this.#pending.set(key, toRate(sensorId, sample, loopback))
      }
      this.#timer ??= setTimeout(() => this.#flush(), REDRAW_MS)
    })
    return () => {
      off()
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  #flush(): void {
    this.#timer = undefined
    this.#rates = new Map([...this.#rates, ...this.#pending])
    this.#pending.clear()
  }

  /** The rate of an interface, or undefined when its last sample is too old to say what happens now. */
  get(sensorId: string, name: string, nowMs: number): InterfaceRate | undefined {
    const rate = this.#rates.get(interfaceKey(sensorId, name))
    return rate && nowMs - rate.at < RATE_VALID_MS ? rate : undefined
  }

  /** Received and sent of all interfaces (or of one sensor's) now; null when nothing is known. */
  total(nowMs: number, sensorId?: string): { receivedBps: number; sentBps: number; flowsActive: number } | null {
    let known = false
    const sum = { receivedBps: 0, sentBps: 0, flowsActive: 0 }
    for (const rate of this.#rates.values()) {
      if (rate.loopback || nowMs - rate.at >= RATE_VALID_MS || (sensorId && rate.sensorId !== sensorId)) continue
      known = true
      sum.receivedBps += rate.receivedBps ?? 0
      sum.sentBps += rate.sentBps ?? 0
      sum.flowsActive += rate.flowsActive ?? 0
    }
    return known ? sum : null
  }
}

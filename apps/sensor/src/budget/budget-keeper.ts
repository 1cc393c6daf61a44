import type { CoverageGap } from '@picket/proto'
import type { Stage } from '../observation.ts'
import { BudgetLadder, type Limits, type Use } from './budget-ladder.ts'
import { Rung, RUNG_NAMES } from './rung.ts'

export interface BudgetKeeperOptions {
  readonly limits: Limits
  readonly nowUs: () => number
  /** Processor time used so far, microseconds, and resident octets. */
  readonly measure: () => { cpuUs: number; memoryBytes: number }
  /** Called with every step, down and up; the gap tells it to the collector. */
  readonly onStep: (rung: Rung, gap: CoverageGap, use: Use) => void
  /** Between two measurements; 2,000 by default. */
  readonly intervalMs?: number
}

const INTERVAL_MS = 2_000

/** Measures the process and steps along the ladder, so that the host's own work goes first. */
export class BudgetKeeper implements Stage {
  readonly #options: BudgetKeeperOptions
  readonly #ladder: BudgetLadder
  #timer: NodeJS.Timeout | undefined
  #rung: Rung = Rung.EVERYTHING
  #before = { cpuUs: 0, atUs: 0 }

  constructor(options: BudgetKeeperOptions) {
    this.#options = options
    this.#ladder = new BudgetLadder(options.limits)
  }

  start(): Promise<void> {
    const { limits, measure, nowUs, intervalMs = INTERVAL_MS } = this.#options
    this.#before = { cpuUs: measure().cpuUs, atUs: nowUs() }
    const isLimited = limits.cpuCores !== undefined || limits.memoryBytes !== undefined
    if (isLimited) this.#timer ??= setInterval(() => this.check(), intervalMs)
    return Promise.resolve()
  }

  stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    return Promise.resolve()
  }

  /** One measurement, as it happens once an interval. */
  check(): void {
    const { measure, nowUs, onStep } = this.#options
    const { cpuUs, memoryBytes } = measure()
    const atUs = nowUs()
    const use = { cpuCores: (cpuUs - this.#before.cpuUs) / Math.max(1, atUs - this.#before.atUs), memoryBytes }
    this.#before = { cpuUs, atUs }
    const rung = this.#ladder.next(use)
    if (rung === this.#rung) return
    this.#rung = rung
    const time = { startUs: atUs, endUs: atUs }
    onStep(
      rung,
      { source: 'budget', interface: '', cause: RUNG_NAMES[rung], ...time, packets: 0, flows: 0, octets: 0 },
      use,
    )
  }
}

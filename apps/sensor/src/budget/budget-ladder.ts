import { Rung } from './rung.ts'

export interface Limits {
  /** Cores, 1 for one core busy; no limit by default. */
  cpuCores?: number
  /** Resident octets; no limit by default. */
  memoryBytes?: number
}

export interface Use {
  readonly cpuCores: number
  readonly memoryBytes: number
}

/** Measurements above the limit before it steps down, and well below it before it steps up. */
const DOWN_AFTER = 2
const UP_AFTER = 10
/** The rung above costs more, so there must be room for it. */
const ROOM = 0.6

/** Decides the rung from one measurement after another; knows neither clock nor process. */
export class BudgetLadder {
  readonly #limits: Limits
  #rung: Rung = Rung.EVERYTHING
  #above = 0
  #below = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Takes the use over one interval and says where to stand from now on. */
  next(use: Use): Rung {
    const share = this.#shareOf(use)
    this.#above = share > 1 ? this.#above + 1 : 0
    this.#below = share < ROOM ? this.#below + 1 : 0
    if (this.#above >= DOWN_AFTER && this.#rung < Rung.COUNTERS) this.#step(1)
    else if (this.#below >= UP_AFTER && this.#rung > Rung.EVERYTHING) this.#step(-1)
    return this.#rung
  }

  #step(by: 1 | -1): void {
    this.#rung = (this.#rung + by) as Rung
    this.#above = 0
    this.#below = 0
  }

  /** Of the limit that is nearer; 1 is at it. */
  #shareOf({ cpuCores, memoryBytes }: Use): number {
    const { cpuCores: mostCores = Infinity, memoryBytes: mostBytes = Infinity } = this.#limits
    return Math.max(cpuCores / mostCores, memoryBytes / mostBytes)
  }
}

import type { Stage } from '../observation.ts'

export interface MemoryKeeperOptions {
  /** Gives back what the process holds and does not use. */
  readonly release: () => void
  /** Resident memory of the process, octets. */
  readonly residentBytes: () => number
  readonly intervalMs?: number
}

/** What start-up left behind is worth the first call; afterwards only growth of this much is, octets. */
const GROWTH = 16 * 2 ** 20

/**
 * Gives memory back once the start is over, and whenever much of it has come since. A release costs some milliseconds and
 * the pages that are in use come back at once, so what counts as grown is measured one interval after it.
 */
export class MemoryKeeper implements Stage {
  readonly #options: Required<MemoryKeeperOptions>
  #timer: NodeJS.Timeout | undefined
  #settledBytes = 0
  #isSettling = false

  constructor(options: MemoryKeeperOptions) {
    this.#options = { intervalMs: 10_000, ...options }
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => this.check(), this.#options.intervalMs)
    return Promise.resolve()
  }

  stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    return Promise.resolve()
  }

  /** One look, as it happens once an interval. */
  check(): void {
    const resident = this.#options.residentBytes()
    if (this.#isSettling) {
      this.#isSettling = false
      this.#settledBytes = resident
    } else if (resident > this.#settledBytes + GROWTH) {
      this.#options.release()
      this.#isSettling = true
    }
  }
}

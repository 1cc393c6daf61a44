import { setTimeout as delay } from 'node:timers/promises'

export interface BackoffOptions {
  firstMs: number
  maxMs: number
  /** 0 to 1, uniform. */
  random: () => number
}

/** Pauses that double up to a limit, each with full jitter between half and all of it. */
export class Backoff {
  readonly #options: BackoffOptions
  #nextMs: number

  constructor(options: BackoffOptions) {
    this.#options = options
    this.#nextMs = options.firstMs
  }

  /** Waits; false when the signal ended the wait. */
  async wait(signal: AbortSignal): Promise<boolean> {
    const ms = this.#nextMs * (0.5 + this.#options.random() / 2)
    this.#nextMs = Math.min(this.#options.maxMs, this.#nextMs * 2)
    try {
      await delay(ms, undefined, { signal })
      return true
    } catch {
      return false
    }
  }
}

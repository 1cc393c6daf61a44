const WINDOW_MS = 10 * 60_000
const ALLOWED_FAILURES = 8
const MAX_KEYS = 10_000

interface Failures {
  count: number
  since: number
}

/**
 * Counts failed sign-ins by client address and by account: after 8 in ten minutes the next is refused unread until the
 * ten minutes are over. Holds at most 10,000 keys; the oldest makes room.
 */
export class SignInThrottle {
  #failures = new Map<string, Failures>()
  #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Seconds to wait before the next attempt for any of the keys is looked at; 0 when it may go on. */
  waitSeconds(keys: string[]): number {
    const now = this.#now()
    return Math.max(
      0,
      ...keys.map((key) => {
        const failures = this.#failures.get(key)
        if (!failures || failures.count < ALLOWED_FAILURES) return 0
        return Math.ceil((failures.since + WINDOW_MS - now) / 1000)
      }),
    )
  }

  failed(keys: string[]): void {
    const now = this.#now()
    for (const key of keys) {
      const failures = this.#failures.get(key)
      const current = failures && now - failures.since < WINDOW_MS ? failures : { count: 0, since: now }
      current.count++
      this.#failures.delete(key)
      this.#failures.set(key, current)
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MAX_KEYS) break
      this.#failures.delete(key)
    }
  }

  succeeded(keys: string[]): void {
    for (const key of keys) this.#failures.delete(key)
  }
}

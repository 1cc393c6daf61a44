/** How long to wait before trying again. */
export interface BackoffOptions {
  /** First delay, milliseconds. */
  readonly initialMs: number
  /** Longest delay, milliseconds. */
  readonly limitMs: number
  /** Random source in [0, 1). */
  readonly random: () => number
}

/**
 * Exponential with jitter: attempt n (from 0) waits between half and all of `initialMs * 2^n`, at most `limitMs`, so
 * that a fleet does not come back in one beat.
 */
export function backoffDelay(attempt: number, { initialMs, limitMs, random }: BackoffOptions): number {
  const ceiling = Math.min(limitMs, initialMs * 2 ** Math.min(attempt, 30))
  return Math.round(ceiling * (0.5 + random() / 2))
}

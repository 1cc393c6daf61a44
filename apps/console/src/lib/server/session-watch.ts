const CHECK_MS = 30_000

/**
 * Aborts when the session a long answer was started with is over: signed out, expired, or ended from another place. A
 * question that could not be answered is asked again next time. Ends with `until`.
 */
export function sessionWatch(signedIn: () => Promise<boolean>, until: AbortSignal, checkMs = CHECK_MS): AbortSignal {
  const over = new AbortController()
  const timer = setInterval(() => {
    signedIn().then(
      (still) => {
        if (!still) over.abort()
      },
      () => undefined,
    )
  }, checkMs)
  timer.unref()
  for (const signal of [until, over.signal]) signal.addEventListener('abort', () => clearInterval(timer))
  return over.signal
}

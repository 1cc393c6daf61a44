import { readFileSync } from 'node:fs'

/** How old the measurement may be from which a loss is looked at. */
const WINDOW_MS = 10

/** What a thread did when packets were lost, as far as that can be told from outside of the kernel. */
export class LossCauses {
  /** Lost while the thread was ready to run for more than half of the time and no processor took it. */
  waiting = 0
  /** Lost while it ran. */
  running = 0
  /** The longest time without a turn, and the part of it that was spent waiting for a processor. */
  longestMs = 0
  longestWaitedMs = 0
  #at = performance.now()
  #waitedMs = waitedMs()

  /** To be called once a turn of the loop, with the packets lost since the turn before. */
  turn(drops: number): void {
    const now = performance.now()
    const elapsedMs = now - this.#at
    if (elapsedMs < WINDOW_MS && drops === 0) return
    const waited = waitedMs()
    const delayMs = waited - this.#waitedMs
    if (delayMs > elapsedMs / 2) this.waiting += drops
    else this.running += drops
    if (elapsedMs > this.longestMs && drops > 0) {
      this.longestMs = Math.round(elapsedMs)
      this.longestWaitedMs = Math.round(delayMs)
    }
    this.#at = now
    this.#waitedMs = waited
  }
}

/** Milliseconds that this thread was ready to run and did not, so far: the second figure, in nanoseconds (proc_pid_schedstat). */
function waitedMs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6
}

import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until a condition holds; fails with what it was waiting for after the deadline. */
export async function eventually(what: string, condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await sleep(10)
  }
}

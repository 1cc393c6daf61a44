import { setTimeout as delay } from 'node:timers/promises'

/** Looks again and again until there is a truthy value; fails with the description after the deadline. */
export async function until<T>(
  description: string,
  look: () => T | Promise<T>,
  deadlineMs = 15_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    const value = await look()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${description}`)
    await delay(20)
  }
}

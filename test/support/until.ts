import { setTimeout as pause } from 'node:timers/promises'

/** Asks again every 100 ms until the answer is truthy; throws with the last error or answer after the deadline. */
export async function until<T>(what: string, ask: () => Promise<T>, withinMs = 30_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs
  let last: unknown
  do {
    try {
      const answer = await ask()
      if (answer) return answer
      last = answer
    } catch (error) {
      last = error
    }
    await pause(100)
  } while (Date.now() < deadline)
  throw new Error(
    `${what}: not within ${withinMs} ms; last: ${last instanceof Error ? last.stack : JSON.stringify(last)}`,
  )
}

import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from './errors.ts'
import type { Stage } from './stage.ts'
import type { Logger, Telemetry } from './telemetry.ts'

/** Stopping waits this long for what is running; what is left of it is the database's to roll back. */
const STOP_MS = 3_000

export interface Task {
  name: string
  everyMs: number
  /** Before the first run. */
  firstAfterMs: number
  run: (signal: AbortSignal) => Promise<void>
}

/** Runs tasks again and again; each waits for its own last run, and a failed run is counted and tried at the next turn. */
export class Schedule implements Stage {
  readonly #tasks: readonly Task[]
  readonly #telemetry: Telemetry
  readonly #logger: Logger
  readonly #stopping = new AbortController()
  readonly #loops: Promise<void>[] = []

  constructor(tasks: readonly Task[], telemetry: Telemetry, logger: Logger) {
    this.#tasks = tasks
    this.#telemetry = telemetry
    this.#logger = logger
  }

  async start(): Promise<void> {
    for (const task of this.#tasks) this.#loops.push(this.#loop(task))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.race([Promise.all(this.#loops), delay(STOP_MS, undefined, { ref: false })])
  }

  async #loop(task: Task): Promise<void> {
    const { signal } = this.#stopping
    await pause(task.firstAfterMs, signal)
    while (!signal.aborted) {
      try {
        await task.run(signal)
      } catch (error) {
        this.#telemetry.add('scheduleFailed')
        this.#logger.warn({ task: task.name, error: messageOf(error) }, 'scheduled run failed')
      }
      await pause(task.everyMs, signal)
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {})
}

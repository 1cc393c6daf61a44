/** A long-lived part. `stop` is idempotent and legal before `start`. */
export interface Stage {
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the stages in order, sinks first, and gives a function that stops them in the opposite order. When one cannot
 * start, those that did are stopped again and the reason is thrown.
 */
export async function startAll(stages: readonly Stage[]): Promise<() => Promise<void>> {
  const started: Stage[] = []
  let stopping: Promise<void> | undefined
  const stop = async () => {
    stopping ??= stopAll(started)
    await stopping
  }
  try {
    for (const stage of stages) {
      started.push(stage)
      await stage.start()
    }
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

async function stopAll(stages: readonly Stage[]): Promise<void> {
  for (const stage of stages.toReversed()) await stage.stop()
}

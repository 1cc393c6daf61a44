import type { Stage } from './observation.ts'

/** Stages as one: started in the order given, sinks first, and stopped in the opposite order, sources first. */
export function chain(stages: readonly Stage[]): Stage {
  return {
    async start() {
      for (const stage of stages) await stage.start()
    },
    async stop() {
      for (const stage of stages.toReversed()) await stage.stop()
    },
  }
}

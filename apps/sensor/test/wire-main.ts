import { createWire } from '../src/capture/wire.ts'

// Captures in the namespace it is run in. Prints one JSON line an observation until SIGTERM, then the last ones.
const wire = createWire(
  {
    idleTimeoutMs: 30_000,
    activeTimeoutMs: 60_000,
    maxFlows: 1024,
    logger: { info: () => undefined, warn: (...args: unknown[]) => console.error(...args) },
  },
  (observation) => console.log(JSON.stringify(observation)),
)
process.once('SIGTERM', () => void wire.stop())
await wire.start()

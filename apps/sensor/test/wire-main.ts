import { createWire } from '../src/capture/wire.ts'

// Captures in the namespace it is run in. Prints one JSON line an observation until SIGTERM, then the last ones.
const wire = createWire(
  {
    idleTimeoutMs: 30_000,
    activeTimeoutMs: 60_000,
    maxFlows: 1024,
    logger: { info: () => undefined, warn: (...args: unknown[]) => process.stderr.write(`${JSON.stringify(args)}\n`) },
  },
  (observation) => process.stdout.write(`${JSON.stringify(observation)}\n`),
)
process.once('SIGTERM', () => void wire.stop())
await wire.start()

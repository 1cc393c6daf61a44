import type { CaptureSettings } from '../src/capture/capture-settings.ts'
import { packetFilter } from '../src/capture/packet-filter.ts'
import { createWire } from '../src/capture/wire.ts'
import { observationLine } from './observation-line.ts'

// Captures in the namespace it is run in. Prints one JSON line an observation until SIGTERM, then the last ones. Takes settings
// of capture as JSON, the filter as its expression and rings by interface.
type Settings = Omit<CaptureSettings, 'filter' | 'fanout'> & {
  filter?: string
  interfaces?: string[]
  fanout?: Record<string, number>
}
const { filter, interfaces, fanout = {}, ...settings } = JSON.parse(process.argv[2] ?? '{}') as Settings
const wire = createWire(
  {
    idleTimeoutMs: 30_000,
    activeTimeoutMs: 60_000,
    maxFlows: 1024,
    interfaces,
    settings: { ...settings, fanout: new Map(Object.entries(fanout)), ...(filter && { filter: packetFilter(filter) }) },
    logger: { info: () => undefined, warn: (...args: unknown[]) => process.stderr.write(`${JSON.stringify(args)}\n`) },
  },
  (observation) => process.stdout.write(observationLine(observation)),
)
process.once('SIGTERM', () => void wire.stop())
await wire.start()

import { BudgetKeeper } from '../src/budget/budget-keeper.ts'
import { createWire } from '../src/capture/wire.ts'
import { packetsOf } from './metered-wire.ts'

// Captures in the namespace it is run in, with a twentieth of a core to spend. Prints one JSON line an observation and one a step
// of the ladder, until SIGTERM.
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const nowUs = () => Date.now() * 1000
const wire = createWire(
  {
    idleTimeoutMs: 30_000,
    activeTimeoutMs: 60_000,
    maxFlows: 8192,
    logger: { info: () => undefined, warn: (...args: unknown[]) => process.stderr.write(`${JSON.stringify(args)}\n`) },
  },
  ({ packetsRead, flows, coverageGaps }) => {
    const missed = coverageGaps.filter(({ cause }) => cause !== 'kernel-drop')
    print({
      packetsRead,
      packetsInFlows: packetsOf(flows),
      packetsInGaps: missed.reduce((sum, { packets }) => sum + packets, 0),
      countersOnly: flows.filter((flow) => flow.countersOnly).length,
    })
  },
)
const keeper = new BudgetKeeper({
  limits: { cpuCores: 0.05 },
  intervalMs: 200,
  nowUs,
  measure() {
    const { user, system } = process.cpuUsage()
    return { cpuUs: user + system, memoryBytes: 0 }
  },
  onStep(rung, { cause }) {
    wire.setRung(rung)
    print({ step: cause })
  },
})
process.once('SIGTERM', () => void keeper.stop().then(() => wire.stop()))
await wire.start()
await keeper.start()

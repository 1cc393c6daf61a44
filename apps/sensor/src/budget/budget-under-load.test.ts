import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { loadProcessAddon } from '../process-addon.ts'
import { RUNG_NAMES } from './rung.ts'

const RUNNER = fileURLToPath(new URL('../../test/budget-main.ts', import.meta.url))
const FLOOD = fileURLToPath(new URL('../../test/flood.py', import.meta.url))
/** More than is ever sent: the flood ends when the sensor stands on the last rung. */
const ENDLESS = '1000000000'

const reason = whyNoNamespaces() ?? (loadProcessAddon() ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: the budget under load: ${reason}`)

interface Line {
  step?: string
  packetsRead: number
  packetsInFlows: number
  packetsInGaps: number
  countersOnly: number
}

test.skipIf(reason)(
  'a flood drives it down all rungs, its end lets it up again, and each packet is accounted for',
  async () => {
    const namespace = new NetworkNamespace()
    onTestFinished(() => namespace.remove())
    namespace.addWire('near0', 'far0')
    const child = spawn('ip', namespace.within(process.execPath, RUNNER), { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit')
    const lines: Line[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
    const steps = () => lines.flatMap(({ step }) => step ?? [])
    await eventually('the first observation', () => lines.length > 0, 30_000)

    const flood = spawn('ip', namespace.within('python3', FLOOD, 'far0', ENDLESS, '3000'), { stdio: 'ignore' })
    onTestFinished(() => void flood.kill('SIGKILL'))
    await eventually('the last rung', () => steps().at(-1) === 'counters', 30_000)
    flood.kill('SIGKILL')
    await eventually('the first rung', () => steps().at(-1) === 'everything', 60_000)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])

    expect(steps()).toEqual([...RUNG_NAMES.slice(1), ...RUNG_NAMES.toReversed().slice(1)])
    const total = (field: 'packetsRead' | 'packetsInFlows' | 'packetsInGaps' | 'countersOnly') =>
      lines.reduce((sum, line) => sum + (line[field] ?? 0), 0)
    expect(total('packetsRead')).toBeGreaterThan(10_000)
    expect(total('packetsInFlows') + total('packetsInGaps')).toBe(total('packetsRead'))
    expect(total('countersOnly')).toBeGreaterThan(0)
  },
  120_000,
)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import type { Observation } from '../observation.ts'

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const RUNNER = fileURLToPath(new URL('../../test/wire-main.ts', import.meta.url))
const FLOOD = fileURLToPath(new URL('../../test/flood.py', import.meta.url))
/** 42 MB, more than the largest ring holds. */
const SENT = 30_000
const FLOWS = 3_000

const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: coverage under loss: ${reason}`)

test.skipIf(reason)('with a sensor that does not run for a while, every packet is in a flow or in a gap', async () => {
  const namespace = new NetworkNamespace()
  onTestFinished(() => namespace.remove())
  namespace.addWire('near0', 'far0')
  const child = spawn('ip', namespace.within(process.execPath, RUNNER), { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const seen: Observation[] = []
  createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line)))
  await eventually('the first observation', () => seen.length > 0, 30_000)
  child.kill('SIGSTOP')
  const stoppedUs = Date.now() * 1000
  namespace.run('python3', FLOOD, 'far0', String(SENT), String(FLOWS))
  child.kill('SIGCONT')
  const gapsOf = (name: string) => seen.flatMap((one) => one.coverageGaps).filter((gap) => gap.interface === name)
  await eventually('the loss', () => gapsOf('near0').some(({ cause }) => cause === 'kernel-drop'))
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])

  // The other end sees the same packets, and leaves them to this one.
  for (const name of ['near0']) {
    const gaps = gapsOf(name)
    const lost = gaps.filter(({ cause }) => cause === 'kernel-drop')
    const inGaps = sum(gaps.map(({ packets }) => packets))
    const flows = seen.flatMap((one) => one.flows).filter((flow) => flow.interface === name)
    const inFlows = sum(flows.map(({ forward, reverse }) => (forward?.packets ?? 0) + (reverse?.packets ?? 0)))
    expect(sum(lost.map(({ packets }) => packets)), name).toBeGreaterThan(1_000)
    expect(inFlows + inGaps, name).toBe(SENT)
    const samples = seen.flatMap((one) => one.interfaceSamples).filter((sample) => sample.interface === name)
    expect(
      sum(samples.map(({ capturedPackets }) => capturedPackets)) + sum(samples.map((one) => one.captureDrops)),
    ).toBe(SENT)
    // The bound of 1,024 flows was reached: more had to go, which is told, and their packets are still there.
    expect(new Set(gaps.map(({ cause }) => cause))).toEqual(
      new Set(['kernel-drop', 'ring-freeze', 'malformed', 'table-full']),
    )
    expect(sum(gaps.map((gap) => gap.flows))).toBeGreaterThan(0)
    expect(Math.min(...lost.map(({ startUs }) => startUs))).toBeLessThanOrEqual(stoppedUs)
    for (const { startUs, endUs } of lost) expect(endUs).toBeGreaterThan(startUs)
  }
})

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

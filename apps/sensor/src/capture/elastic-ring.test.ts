import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually as within } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { WireRunner } from '../../test/wire-runner.ts'

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const FLOOD = fileURLToPath(new URL('../../test/flood.py', import.meta.url))
/** 13 MB, more than half of a ring of 16 MiB; with what goes on meanwhile; 35 MB, twice what the ring held at first. */
const [HALF, ALL, MORE] = [9_000, 40_000, 25_000]
const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: rings that grow: ${reason}`)

/** Threads and processes start slowly where there are few cores. */
const eventually = (what: string, condition: () => boolean) => within(what, condition, 60_000)
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

test.skipIf(reason)(
  'a ring that is half full grows under way, no packet lost or twice, and holds more then',
  async () => {
    const namespace = new NetworkNamespace()
    onTestFinished(() => namespace.remove())
    namespace.addWire('near0', 'far0')
    const runner = new WireRunner(namespace, { interfaces: ['near0'] })
    onTestFinished(() => runner.kill())
    await runner.ready()
    const flood = (count: number) => namespace.within('python3', FLOOD, 'far0', String(count), '10')
    const passed = () => Number(namespace.run('cat', '/sys/class/net/near0/statistics/rx_packets'))
    const captured = () => sum(runner.samplesOf('near0').map((one) => one.capturedPackets + one.captureDrops))
    const drops = () => sum(runner.samplesOf('near0').map((one) => one.captureDrops))

    runner.process.kill('SIGSTOP')
    const ended = once(spawn('ip', flood(ALL)), 'exit')
    await eventually('half of a ring', () => passed() > HALF)
    runner.process.kill('SIGCONT')
    await ended
    await eventually('the packets', () => captured() >= ALL)
    const dropsBefore = drops()
    runner.process.kill('SIGSTOP')
    spawnSync('ip', flood(MORE))
    runner.process.kill('SIGCONT')
    expect(await runner.stop()).toEqual([0, null])

    expect(drops()).toBe(dropsBefore)
    expect(captured()).toBe(ALL + MORE)
    const inGaps = sum(runner.gapsOf('near0').map(({ packets }) => packets))
    expect(sum(Object.values(runner.packetsByPort())) + inGaps).toBe(ALL + MORE)
  },
)

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually as within } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { WireRunner } from '../../test/wire-runner.ts'

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const READER = fileURLToPath(new URL('../../test/elastic-main.ts', import.meta.url))
const FLOOD = fileURLToPath(new URL('../../test/flood.py', import.meta.url))
/** 6 MB, more than a quarter of a ring; what is sent at a time while it is not, and how many of those are long. */
const [QUARTER, BURST, LONG] = [4_000, 2_000, 1_980]
/** 13 MB, most of a ring of 16 MiB; with what goes on meanwhile; 35 MB, twice what the ring held at first. */
const [MOST, ALL, MORE] = [9_000, 40_000, 25_000]
const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: rings that grow: ${reason}`)

/** Threads and processes start slowly where there are few cores. */
const eventually = (what: string, condition: () => boolean) => within(what, condition, 60_000)
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

test.skipIf(reason)('a ring that fills grows under way, no packet lost or twice, and holds more then', async () => {
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
  await eventually('most of a ring', () => passed() > MOST)
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
})

test.skipIf(reason)(
  'cuts packets and grows while it fills, is small again after a minute of rest, and no packet is lost or twice',
  async () => {
    const namespace = new NetworkNamespace()
    onTestFinished(() => namespace.remove())
    namespace.addWire('near0', 'far0')
    const flood = (count: number) => namespace.within('python3', FLOOD, 'far0', String(count), '10')
    const reader = spawn('ip', namespace.within(process.execPath, READER), { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void reader.kill('SIGKILL'))
    const exited = once(reader, 'exit')
    const told: { packets: number; drops: number; snapped: number; isLarge: boolean }[] = []
    createInterface({ input: reader.stdout }).on('line', (line) => told.push(JSON.parse(line)))
    await eventually('the reader', () => told.length === 1)

    reader.kill('SIGSTOP')
    spawnSync('ip', flood(QUARTER))
    reader.kill('SIGCONT')
    await eventually('a large ring', () => told.at(-1)?.isLarge === true)
    spawnSync('ip', flood(BURST))
    let sent = QUARTER + BURST
    for (; told.at(-1)?.isLarge; sent += BURST) {
      reader.stdin.write('a minute later\n')
      await once(spawn('ip', flood(BURST)), 'exit')
    }
    reader.kill('SIGTERM')
    await exited

    expect(told.map(({ isLarge }) => isLarge)).toEqual([false, true, false, false])
    expect(told.at(-1)).toMatchObject({ packets: sent, drops: 0, snapped: LONG })
  },
)

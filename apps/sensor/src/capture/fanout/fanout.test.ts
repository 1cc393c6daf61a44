import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually as within } from '../../../test/eventually.ts'
import { FanoutRunner } from '../../../test/fanout-runner.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../../test/network-namespace.ts'
import { ethernet, ipv4, tcp, text, udp } from '../../../test/packets.ts'
import { WireRunner } from '../../../test/wire-runner.ts'

const RING = fileURLToPath(new URL('../../../native/build/Release/ring.node', import.meta.url))
const FLOOD = fileURLToPath(new URL('../../../test/flood.py', import.meta.url))
const [near, far] = ['192.0.2.1', '192.0.2.2']
const CONVERSATIONS = 300
const PACKETS = 3 * CONVERSATIONS
/** 70 MB, four times what the rings hold. */
const FLOODED = 50_000

const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: fanout: ${reason}`)

/** A namespace with a wire from near0 to far0. */
function wired(): NetworkNamespace {
  const namespace = new NetworkNamespace()
  onTestFinished(() => namespace.remove())
  namespace.addWire('near0', 'far0')
  return namespace
}

/** Two packets there and one back, each conversation from a port of its own. */
const conversations = Array.from({ length: CONVERSATIONS }, (_, i) => {
  const client = 20_000 + i
  const payload = (from: number, to: number) => (i % 2 === 0 ? tcp({ from, to, flags: 'A' }) : udp(from, to, text('x')))
  const there = { way: 'near0', octets: ethernet(ipv4({ from: near, to: far }, payload(client, 9_999))) }
  const back = { way: 'far0', octets: ethernet(ipv4({ from: far, to: near }, payload(9_999, client))) }
  return [there, back, there]
})
/** Threads and processes start slowly where there are few cores. */
const eventually = (what: string, condition: () => boolean) => within(what, condition, 60_000)
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

test.skipIf(reason)(
  'both directions of a conversation meet on one ring; what a thread takes along is a gap',
  async () => {
    const runner = new FanoutRunner(wired(), 2)
    onTestFinished(() => runner.kill())
    await runner.ready()
    runner.send(conversations.flat())
    await eventually('the packets', () => runner.latest?.packetsRead === PACKETS)
    for (const read of runner.latest?.read ?? []) expect(read).toBeGreaterThan(PACKETS / 4)
    expect(runner.gaps).toEqual([])

    runner.endThread()
    await eventually('the gap', () => runner.gaps.some(({ cause }) => cause === 'reader-ended'))
    await eventually('another thread', () => runner.latest?.read.length === 2)
    runner.send(conversations.flat())
    await eventually('its packets', () => runner.latest?.packetsRead === 2 * PACKETS)
    expect(await runner.stop()).toEqual([0, null])
    // Conversations of the other thread went on there, those of the one that ended began anew.
    for (const { packets } of runner.flows)
      expect([
        [1, 2],
        [2, 4],
      ]).toContainEqual(packets.toSorted())
    const inGaps = sum(runner.gaps.map(({ packets }) => packets))
    expect(inGaps).toBeGreaterThan(PACKETS / 4)
    expect(sum(runner.flows.flatMap(({ packets }) => packets)) + inGaps).toBe(2 * PACKETS)
    expect(runner.sum('captured') + runner.sum('drops')).toBe(2 * PACKETS)
  },
)

test.skipIf(reason)('under loss every packet is in a flow or in a gap, and a new name is no loss', async () => {
  const namespace = wired()
  const runner = new WireRunner(namespace, { fanout: { near0: 2 } })
  onTestFinished(() => runner.kill())
  await runner.ready()
  runner.process.kill('SIGSTOP')
  namespace.run('python3', FLOOD, 'far0', String(FLOODED), '3000')
  runner.process.kill('SIGCONT')
  await eventually('the loss', () => runner.gapsOf('near0').some(({ cause }) => cause === 'kernel-drop'))
  namespace.run('ip', 'link', 'set', 'near0', 'down')
  namespace.run('ip', 'link', 'set', 'near0', 'name', 'near1')
  namespace.run('ip', 'link', 'set', 'near1', 'up')
  await eventually('the new name', () => runner.latest('near1')?.up === true)
  namespace.run('python3', FLOOD, 'far0', '100', '10')
  expect(await runner.stop()).toEqual([0, null])
  const names = ['near0', 'near1']
  const gaps = names.flatMap((name) => runner.gapsOf(name))
  const flows = runner.flows.filter((flow) => names.includes(flow.interface))
  const inFlows = sum(flows.map(({ forward, reverse }) => (forward?.packets ?? 0) + (reverse?.packets ?? 0)))
  expect(inFlows + sum(gaps.map(({ packets }) => packets))).toBe(FLOODED + 100)
  const samples = names.flatMap((name) => runner.samplesOf(name))
  expect(sum(samples.map(({ capturedPackets, captureDrops }) => capturedPackets + captureDrops))).toBe(FLOODED + 100)
  expect(sum(runner.seen.map(({ packetsRead }) => packetsRead))).toBe(sum(samples.map((one) => one.capturedPackets)))
  expect(new Set(flows.map((flow) => flow.interface))).toEqual(new Set(names))
})

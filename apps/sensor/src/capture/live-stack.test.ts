import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { WireRunner } from '../../test/wire-runner.ts'

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const SEND = fileURLToPath(new URL('../../test/send-udp.py', import.meta.url))
const COUNT = 20

const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: stacks of interfaces: ${reason}`)

/** A namespace that is removed afterwards. */
function namespace(): NetworkNamespace {
  const made = new NetworkNamespace()
  onTestFinished(() => made.remove())
  return made
}

/** Why a kind of links cannot be had here. */
function whyNo(...link: string[]): string | undefined {
  if (reason) return reason
  const made = new NetworkNamespace()
  try {
    made.addWire('under0', 'far0')
    const why = made.hasKind(...link) ? undefined : `the kernel has no ${link[link.indexOf('type') + 1]}`
    if (why) console.log(`skipped: stacks of interfaces: ${why}`)
    return why
  } finally {
    made.remove()
  }
}

function send(from: NetworkNamespace, source: string, destination: string, port: number): void {
  from.run('python3', SEND, source, destination, String(port), String(COUNT))
}

const address = (at: NetworkNamespace, name: string, cidr: string): string =>
  at.run('ip', 'addr', 'add', cidr, 'dev', name)

async function running(host: NetworkNamespace, settings: object = {}): Promise<WireRunner> {
  const runner = new WireRunner(host, settings)
  onTestFinished(() => runner.kill())
  await runner.ready()
  return runner
}

test.skipIf(reason)('a packet over a bridge is metered there, once, and every port keeps its counters', async () => {
  const [host, left, right] = [namespace(), namespace(), namespace()]
  host.run('ip', 'link', 'add', 'br0', 'type', 'bridge')
  host.addWireTo('port1', 'eth0', left)
  host.addWireTo('port2', 'eth0', right)
  for (const port of ['port1', 'port2']) host.run('ip', 'link', 'set', port, 'master', 'br0')
  host.run('ip', 'link', 'set', 'br0', 'up')
  address(host, 'br0', '10.9.0.254/24')
  address(left, 'eth0', '10.9.0.1/24')
  address(right, 'eth0', '10.9.0.2/24')
  const runner = await running(host)
  await eventually('the bridge', () => runner.latest('br0')?.source === 'ring')
  await eventually('its ports', () => ['port1', 'port2'].every((port) => runner.latest(port)?.meteredBy === 'br0'))
  send(left, '10.9.0.1', '10.9.0.2', 5_001)
  send(right, '10.9.0.2', '10.9.0.1', 5_002)
  send(left, '10.9.0.1', '10.9.0.254', 5_003)
  send(host, '10.9.0.254', '10.9.0.2', 5_004)
  send(left, '10.9.0.1', '10.9.0.255', 5_005)
  expect(await runner.stop()).toEqual([0, null])
  const expected = [5_001, 5_002, 5_003, 5_004, 5_005].map((port) => [`br0 ${port}`, COUNT])
  expect(runner.packetsByPort()).toMatchObject(Object.fromEntries(expected))
  expect(runner.flows.every((flow) => flow.interface === 'br0')).toBe(true)
  const sum = (name: string, key: 'receivedPackets' | 'sentPackets' | 'capturedPackets'): number =>
    runner.samplesOf(name).reduce((total, sample) => total + sample[key], 0)
  expect(sum('port1', 'receivedPackets')).toBeGreaterThanOrEqual(3 * COUNT)
  expect(sum('port2', 'sentPackets')).toBeGreaterThanOrEqual(3 * COUNT)
  expect(sum('port1', 'capturedPackets')).toBe(0)
})

test.skipIf(reason)('ports are metered themselves before and after they belong to a bridge', async () => {
  const [host, other] = [namespace(), namespace()]
  host.addWireTo('port1', 'eth0', other)
  address(host, 'port1', '10.9.0.254/24')
  address(other, 'eth0', '10.9.0.1/24')
  const runner = await running(host)
  await eventually('the port', () => runner.latest('port1')?.source === 'ring')
  send(other, '10.9.0.1', '10.9.0.254', 5_001)
  host.run('ip', 'link', 'add', 'br0', 'type', 'bridge')
  host.run('ip', 'link', 'set', 'br0', 'up')
  host.run('ip', 'link', 'set', 'port1', 'master', 'br0')
  await eventually('the bridge', () => runner.latest('port1')?.meteredBy === 'br0')
  send(other, '10.9.0.1', '10.9.0.254', 5_002)
  host.run('ip', 'link', 'delete', 'br0')
  await eventually('the port again', () => runner.latest('port1')?.source === 'ring')
  send(other, '10.9.0.1', '10.9.0.254', 5_003)
  expect(await runner.stop()).toEqual([0, null])
  const seen = runner.packetsByPort()
  expect(seen).toMatchObject({ 'port1 5001': COUNT, 'port1 5003': COUNT })
  expect(seen['port1 5002']).toBeUndefined()
})

test.skipIf(reason)('both ends of a wire are metered at one of them, one end alone there', async () => {
  const host = namespace()
  host.addWire('near0', 'far0')
  const [both, one] = await Promise.all([running(host), running(host, { interfaces: ['far0'] })])
  await eventually('one of them', () => both.latest('far0')?.meteredBy === 'near0')
  const frame = Buffer.alloc(60, 1).toString('hex')
  host.run(
    'python3',
    '-c',
    `import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("far0", 0))
for i in range(${COUNT}): s.send(bytes.fromhex("${frame}"))`,
  )
  expect(await both.stop()).toEqual([0, null])
  expect(await one.stop()).toEqual([0, null])
  const packets = (runner: WireRunner): [string, number][] =>
    runner.flows.map((flow) => [flow.interface, (flow.forward?.packets ?? 0) + (flow.reverse?.packets ?? 0)])
  expect(packets(both)).toEqual([['near0', COUNT]])
  expect(packets(one)).toEqual([['far0', COUNT]])
})

const noVlan = whyNo('link', 'under0', 'name', 'under0.5', 'type', 'vlan', 'id', '5')

test.skipIf(noVlan)(
  'frames of a VLAN are metered at its own interface, with its number, the others below',
  async () => {
    const [host, other] = [namespace(), namespace()]
    host.addWireTo('under0', 'eth0', other)
    for (const [at, name] of [
      [host, 'under0'],
      [other, 'eth0'],
    ] as const) {
      at.run('ip', 'link', 'add', 'link', name, 'name', 'tagged', 'type', 'vlan', 'id', '5')
      at.run('ip', 'link', 'set', 'tagged', 'up')
    }
    address(host, 'under0', '10.9.0.254/24')
    address(other, 'eth0', '10.9.0.1/24')
    address(host, 'tagged', '10.8.0.254/24')
    address(other, 'tagged', '10.8.0.1/24')
    const runner = await running(host)
    await eventually('both', () => ['under0', 'tagged'].every((name) => runner.latest(name)?.source === 'ring'))
    send(other, '10.8.0.1', '10.8.0.254', 5_001)
    send(host, '10.8.0.254', '10.8.0.1', 5_002)
    send(other, '10.9.0.1', '10.9.0.254', 5_003)
    host.run('ip', 'link', 'delete', 'tagged')
    await eventually('the end of the VLAN', () => runner.latest('tagged')?.up === false)
    expect(await runner.stop()).toEqual([0, null])
    const seen = runner.packetsByPort()
    expect(seen).toMatchObject({ 'tagged 5001': COUNT, 'tagged 5002': COUNT, 'under0 5003': COUNT })
    expect(Object.keys(seen)).not.toContain('under0 5001')
    const vlans = runner.flows.filter(({ interface: name }) => name === 'tagged').map(({ vlanId }) => vlanId)
    expect(new Set(vlans)).toEqual(new Set([5]))
  },
)

const noBond = whyNo('bond9', 'type', 'bond', 'mode', 'active-backup')

test.skipIf(noBond)('a packet over a bond is metered there and not at the member it takes', async () => {
  const [host, other] = [namespace(), namespace()]
  host.run('ip', 'link', 'add', 'bond0', 'type', 'bond', 'mode', 'active-backup', 'miimon', '50')
  for (const name of ['slave1', 'slave2']) {
    host.run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', other.name)
    host.run('ip', 'link', 'set', name, 'master', 'bond0')
  }
  host.run('ip', 'link', 'set', 'bond0', 'up')
  other.run('ip', 'link', 'add', 'br0', 'type', 'bridge')
  for (const name of ['slave1', 'slave2', 'br0']) {
    if (name !== 'br0') other.run('ip', 'link', 'set', name, 'master', 'br0')
    other.run('ip', 'link', 'set', name, 'up')
  }
  address(host, 'bond0', '10.9.0.254/24')
  address(other, 'br0', '10.9.0.1/24')
  const runner = await running(host)
  await eventually('the bond', () => runner.latest('bond0')?.source === 'ring')
  await eventually('its members', () =>
    ['slave1', 'slave2'].every((name) => runner.latest(name)?.meteredBy === 'bond0'),
  )
  send(other, '10.9.0.1', '10.9.0.254', 5_001)
  send(host, '10.9.0.254', '10.9.0.1', 5_002)
  expect(await runner.stop()).toEqual([0, null])
  expect(runner.packetsByPort()).toMatchObject({ 'bond0 5001': COUNT, 'bond0 5002': COUNT })
  expect(runner.flows.every((flow) => flow.interface === 'bond0')).toBe(true)
})

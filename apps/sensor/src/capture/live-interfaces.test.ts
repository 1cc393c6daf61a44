import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { WireRunner } from '../../test/wire-runner.ts'

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const SEND = fileURLToPath(new URL('../../test/send-udp.py', import.meta.url))
const TUN = fileURLToPath(new URL('../../test/send-tun.py', import.meta.url))
const COUNT = 25

const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: interfaces while running: ${reason}`)

/** A host with an interface to another host, and a wire that captures in it. */
async function twoHosts(settings: object = {}): Promise<{
  host: NetworkNamespace
  runner: WireRunner
  /** Datagrams from the other host to a port of this one. */
  send(port: number): void
}> {
  const [host, other] = [new NetworkNamespace(), new NetworkNamespace()]
  onTestFinished(() => [host, other].forEach((one) => one.remove()))
  host.addWireTo('eth0', 'there0', other)
  host.run('ip', 'addr', 'add', '10.9.0.254/24', 'dev', 'eth0')
  other.run('ip', 'addr', 'add', '10.9.0.1/24', 'dev', 'there0')
  // Without a question of ARP first, each datagram is sent at once.
  const mac = /link\/ether (\S+)/.exec(host.run('ip', 'link', 'show', 'eth0'))?.[1] ?? ''
  other.run('ip', 'neigh', 'replace', '10.9.0.254', 'lladdr', mac, 'dev', 'there0')
  const runner = new WireRunner(host, settings)
  onTestFinished(() => runner.kill())
  await runner.ready()
  await eventually('the interface', () => runner.latest('eth0')?.source === 'ring')
  const send = (port: number): void =>
    void other.run('python3', SEND, '10.9.0.1', '10.9.0.254', String(port), String(COUNT))
  return { host, runner, send }
}

test.skipIf(reason)('an interface that goes down and up again, and under a new name, loses no packet', async () => {
  const { host, runner, send } = await twoHosts()
  send(5_001)
  host.run('ip', 'link', 'set', 'eth0', 'down')
  await eventually('it is down', () => runner.latest('eth0')?.up === false)
  host.run('ip', 'link', 'set', 'eth0', 'up')
  send(5_002)
  host.run('ip', 'link', 'set', 'eth0', 'down')
  host.run('ip', 'link', 'set', 'eth0', 'name', 'lan0')
  host.run('ip', 'link', 'set', 'lan0', 'up')
  send(5_003)
  await eventually('the new name', () => runner.latest('lan0')?.source === 'ring')
  await eventually('the end of the old', () => runner.latest('eth0')?.source === '')
  send(5_004)
  expect(await runner.stop()).toEqual([0, null])
  const seen = runner.packetsByPort()
  expect(seen).toMatchObject({ 'eth0 5001': COUNT, 'lan0 5004': COUNT })
  // What waits in the ring when the name changes has the new one.
  for (const port of [5_002, 5_003]) expect((seen[`eth0 ${port}`] ?? 0) + (seen[`lan0 ${port}`] ?? 0)).toBe(COUNT)
})

test.skipIf(reason)(
  'what an interface had taken in when it went is still metered, and what came before capture is counted',
  async () => {
    const { host, runner, send } = await twoHosts()
    const late = new NetworkNamespace()
    onTestFinished(() => late.remove())
    runner.process.kill('SIGSTOP')
    send(5_001)
    host.run('ip', 'link', 'delete', 'eth0')
    host.addWireTo('late0', 'there0', late)
    const send9 = 'import socket\ns = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\ns.bind(("there0", 0))\n'
    late.run('python3', '-c', `${send9}for i in range(9): s.send(bytes(60))`)
    runner.process.kill('SIGCONT')
    await eventually('the new interface', () => runner.latest('late0')?.source === 'ring')
    await eventually('the end of the other', () => runner.latest('eth0')?.up === false)
    expect(await runner.stop()).toEqual([0, null])
    expect(runner.packetsByPort()).toMatchObject({ 'eth0 5001': COUNT })
    expect(runner.gapsOf('late0')).toMatchObject([{ source: 'capture', cause: 'before-capture', packets: 9 }])
  },
)

test.skipIf(reason)('raw IP of a tun interface is metered as it is', async () => {
  const { host, runner } = await twoHosts()
  const tun = spawn('ip', host.within('python3', TUN, 'tun0', String(COUNT)), { stdio: ['pipe', 'inherit', 'inherit'] })
  onTestFinished(() => void tun.kill('SIGKILL'))
  await eventually('the interface', () => runner.latest('tun0')?.source === 'ring')
  tun.stdin.end('go\n')
  await eventually('its end', () => runner.latest('tun0')?.up === false)
  expect(await runner.stop()).toEqual([0, null])
  expect(runner.packetsByPort()).toMatchObject({ 'tun0 5001': COUNT })
  expect(runner.gapsOf('tun0')).toEqual([])
})

test.skipIf(reason)('a filter and a snap length hold from the first packet; cut packets are told', async () => {
  const { runner, send } = await twoHosts({ filter: 'udp port 5002', snapLength: 96 })
  send(5_001)
  send(5_002)
  expect(await runner.stop()).toEqual([0, null])
  expect(runner.packetsByPort()).toEqual({ 'eth0 5002': COUNT })
  expect(runner.flows[0].forward?.octets).toBe(COUNT * 128)
  const octets = COUNT * (142 - 96)
  expect(runner.gapsOf('eth0')).toMatchObject([{ cause: 'snapped', packets: 0, times: COUNT, octets }])
})

import { createServer } from 'node:net'
import type { HealthSample } from '@picket/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Telemetry } from '../telemetry.ts'
import { HealthProber } from './health-prober.ts'
import { parsePing, probeTcp } from './probe.ts'
import { parseConfiguredTarget, parseResolvers, parseRoutes, targetName } from './targets.ts'

const signal = new AbortController().signal
const options = { count: 3, timeoutMs: 500, signal }

async function listen(): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { port, close: () => server.close() }
}

describe('targets', () => {
  test('the default route with the lowest metric', () => {
    const row = (name: string, destination: string, gateway: string, metric: number, mask: string) =>
      [name, destination, gateway, '0003', 0, 0, metric, mask, 0, 0, 0].join('\t')
    const text = [
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
      row('eth1', '00000000', '0101A8C0', 200, '00000000'),
      row('eth0', '00000000', '010200C0', 100, '00000000'),
      row('eth0', '000200C0', '00000000', 0, '00FFFFFF'),
    ].join('\n')
    expect(parseRoutes(text)[0]).toEqual({ gateway: '192.0.2.1', interface: 'eth0' })
    expect(parseRoutes('')).toEqual([])
  })

  test('name servers, and nothing else of resolv.conf', () => {
    expect(
      parseResolvers('# nameserver 9.9.9.9\nsearch a.b\nnameserver 192.0.2.53\nnameserver 2001:db8::53\n'),
    ).toEqual(['192.0.2.53', '2001:db8::53'])
  })

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['example.org:443', 'example.org:443'],
    ['[2001:db8::1]:53', '[2001:db8::1]:53'],
    ['-f', undefined],
    ['host:99999', undefined],
    ['a b', undefined],
  ])('configured target %s', (text, name) => {
    const target = parseConfiguredTarget(text)
    expect(target && targetName(target)).toBe(name)
  })
})

describe('ping', () => {
  test('of iputils', () => {
    const output =
      '3 packets transmitted, 2 received, 33% packet loss, time 407ms\nrtt min/avg/max/mdev = 0.034/0.051/0.072/0.015 ms\n'
    expect(parsePing(output)).toEqual({ method: 'icmp', sent: 3, received: 2, rttsUs: { min: 34, mean: 51, max: 72 } })
  })

  test('of busybox', () => {
    const output =
      '3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min/avg/max = 0.074/0.086/0.104 ms\n'
    expect(parsePing(output)).toMatchObject({ received: 3, rttsUs: { min: 74, max: 104 } })
  })

  test('with nothing answered there is no round trip', () => {
    expect(parsePing('3 packets transmitted, 0 received, 100% packet loss')).toEqual({
      method: 'icmp',
      sent: 3,
      received: 0,
      rttsUs: undefined,
    })
    expect(parsePing('ping: unknown host')).toBeUndefined()
  })
})

describe('TCP probes', () => {
  test('a connection is an answer', async () => {
    const { port, close } = await listen()
    onTestFinished(close)
    const result = await probeTcp('127.0.0.1', port, options)
    expect(result).toMatchObject({ method: 'tcp', sent: 3, received: 3 })
    expect(result.rttsUs?.min).toBeLessThanOrEqual(result.rttsUs?.max ?? 0)
  })

  test('a refusal is an answer too', async () => {
    const { port, close } = await listen()
    close()
    expect((await probeTcp('127.0.0.1', port, options)).received).toBe(3)
  })
})

describe('health prober', () => {
  test('a round probes all targets and names them', async () => {
    const { port, close } = await listen()
    onTestFinished(close)
    const samples: HealthSample[] = []
    const prober = new HealthProber({
      nowUs: () => 5,
      telemetry: new Telemetry(),
      onSamples: (round) => samples.push(...round),
      discover: () => Promise.resolve([{ role: 'gateway', host: '127.0.0.1', port, interface: 'lo' }]),
    })
    prober.setTargets([`127.0.0.1:${port}`, `127.0.0.1:${port}`, 'not a target'])
    await prober.runRound()
    const expected = { target: `127.0.0.1:${port}`, method: 'tcp', sent: 3, received: 3, timeUs: 5 }
    expect(samples.sort((a, b) => b.role.localeCompare(a.role))).toMatchObject([
      { ...expected, role: 'gateway', interface: 'lo' },
      { ...expected, role: 'configured', interface: '' },
    ])
    await prober.stop()
    await prober.stop()
  })
})

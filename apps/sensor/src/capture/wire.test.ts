import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { EndReason } from '@picket/proto'
import { expect, onTestFinished, test } from 'vitest'
import { pcap } from '../../test/capture-files.ts'
import { eventually } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { ethernet, ipv4, tcp, text, udp } from '../../test/packets.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import type { Observation } from '../observation.ts'
import { createWire } from './wire.ts'
import type { WireOptions } from './wire-options.ts'

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const RUNNER = fileURLToPath(new URL('../../test/wire-main.ts', import.meta.url))
const SENDER = fileURLToPath(new URL('../../test/send-frames.py', import.meta.url))

const options: WireOptions = {
  idleTimeoutMs: 30_000,
  activeTimeoutMs: 60_000,
  maxFlows: 1024,
  logger: { info: () => undefined, warn: () => undefined },
}
const ends = { from: '192.0.2.1', to: '192.0.2.2' }

test('a replay gives its flows, shifted to the present, one interface a file, and a balanced ledger', async () => {
  const folder = temporaryFolder()
  const frames = [
    { timeUs: 1_000_000, octets: ethernet(ipv4(ends, tcp({ from: 50_000, to: 80, flags: 'S' }))) },
    { timeUs: 1_200_000, octets: ethernet(ipv4(ends, udp(50_000, 53, text('x')))) },
    { timeUs: 1_250_000, octets: new Uint8Array(5) },
  ]
  const files = ['office.pcap', 'office.pcapng'].map((name) => join(folder, name))
  for (const file of files) writeFileSync(file, pcap(frames))
  const seen: Observation[] = []
  const before = Date.now() * 1000
  const wire = createWire({ ...options, replay: { files, speed: 1 } }, (observation) => seen.push(observation))
  await wire.start()
  await wire.ended
  const after = Date.now() * 1000
  const flows = seen.flatMap((observation) => observation.flows)
  const gaps = seen.flatMap(({ coverageGaps }) => coverageGaps)
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
  expect(seen.flatMap(({ interfaces }) => interfaces.map(({ name, medium }) => [name, medium]))).toEqual([
    ['office', 'replay'],
    ['office-2', 'replay'],
  ])
  expect(flows).toHaveLength(4)
  expect(flows.every(({ endReason }) => endReason === EndReason.FORCED)).toBe(true)
  expect(Math.max(...flows.map(({ endUs }) => endUs))).toBeLessThanOrEqual(after)
  expect(Math.min(...flows.map(({ startUs }) => startUs))).toBeGreaterThanOrEqual(before)
  expect(after - before).toBeGreaterThan(240_000)
  expect(gaps).toMatchObject([
    { cause: 'malformed', packets: 1 },
    { cause: 'malformed', packets: 1 },
  ])
  expect(sum(seen.map(({ packetsRead }) => packetsRead))).toBe(6)
  const samples = seen.flatMap(({ interfaceSamples }) => interfaceSamples)
  expect(sum(samples.map(({ receivedPackets }) => receivedPackets))).toBe(6)
  expect(sum(samples.map(({ undecodablePackets }) => undecodablePackets))).toBe(2)
  await wire.stop()
})

test('a replay stopped in the middle hands on what it has, and stop may come before start or twice', async () => {
  const file = join(temporaryFolder(), 'long.pcap')
  const octets = ethernet(ipv4(ends, udp(50_000, 53, text('x'))))
  writeFileSync(
    file,
    pcap([
      { timeUs: 1_000_000, octets },
      { timeUs: 900_000_000, octets },
    ]),
  )
  const seen: Observation[] = []
  const wire = createWire({ ...options, replay: { files: [file], speed: 1 } }, (observation) => seen.push(observation))
  await wire.stop()
  await wire.start()
  await wire.stop()
  await wire.stop()
  await wire.ended
  expect(seen.flatMap(({ flows }) => flows.map(({ forward }) => forward?.packets))).toEqual([1])
})

test('an unreadable replay and an unknown interface refuse to start', async () => {
  const missing = createWire({ ...options, replay: { files: ['/none.pcap'], speed: 1 } }, () => undefined)
  await expect(missing.start()).rejects.toMatchObject({ code: 'capture-file-unreadable', exitCode: 2 })
  const unknown = createWire({ ...options, interfaces: ['none0'] }, () => undefined)
  await expect(unknown.start()).rejects.toMatchObject({ code: 'capture-no-interface', exitCode: 2 })
})

const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: live capture: ${reason}`)

test.skipIf(reason)(
  'live: interfaces come and go, flows close within seconds, nothing is lost at the end',
  async () => {
    const namespace = new NetworkNamespace()
    onTestFinished(() => namespace.remove())
    const child = spawn('ip', namespace.within(process.execPath, RUNNER), { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const seen: Observation[] = []
    createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line)))
    const statesOf = (name: string): string[] =>
      seen.flatMap(({ interfaces }) =>
        interfaces.filter((one) => one.name === name).map(({ up, source }) => `${up} ${source}`),
      )
    const flows = (): Observation['flows'] => seen.flatMap((observation) => observation.flows)

    await eventually('the first observation', () => seen.length > 0, 30_000)
    namespace.addWire('near0', 'far0')
    await eventually('the new interface', () => statesOf('near0').includes('true ring'))
    const closing = ['S', 'SA', 'FA', 'FA'].map((flags, i) => ({
      way: i % 2 === 0 ? 'near0' : 'far0',
      octets:
        i % 2 === 0
          ? ethernet(ipv4(ends, tcp({ from: 50_000, to: 80, flags })))
          : ethernet(ipv4({ from: ends.to, to: ends.from }, tcp({ from: 80, to: 50_000, flags }))),
    }))
    const open = { way: 'near0', octets: ethernet(ipv4(ends, udp(50_000, 53, text('x')))) }
    const lines = [...closing, open].map(({ way, octets }) => `${way} ${Buffer.from(octets).toString('hex')}`)
    spawnSync('ip', namespace.within('python3', SENDER), { input: lines.join('\n') })
    await eventually('the closed flow', () => flows().length === 1, 5_000)
    expect(
      flows().map((flow) => [flow.interface, flow.endReason, flow.forward?.packets, flow.reverse?.packets]),
    ).toEqual([['near0', EndReason.END_OF_FLOW, 2, 2]])
    namespace.run('ip', 'link', 'delete', 'near0')
    await eventually('the end of the interface', () => statesOf('near0').includes('false '))
    await eventually('the open flow', () => flows().length === 2)
    process.kill(child.pid as number, 'SIGTERM')
    expect(await exited).toEqual([0, null])
    const samples = seen.flatMap(({ interfaceSamples }) =>
      interfaceSamples.filter((sample) => sample.interface === 'near0'),
    )
    const sum = (key: 'capturedPackets' | 'receivedPackets' | 'sentPackets'): number =>
      samples.reduce((total, sample) => total + sample[key], 0)
    expect(sum('capturedPackets')).toBe(5)
    expect([sum('receivedPackets'), sum('sentPackets')]).toEqual([2, 3])
  },
)

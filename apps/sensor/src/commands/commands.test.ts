import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { pcap } from '../../test/capture-files.ts'
import { chromeHello } from '../../test/client-hello.ts'
import { ethernet, ipv4, tcp } from '../../test/packets.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const T0 = 1_795_384_000_123_456

function sensor(...args: string[]): { status: number | null; lines: Record<string, unknown>[]; errors: string[] } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return {
    status,
    lines: lines.map((line) => JSON.parse(line)),
    errors: stderr.split('\n').filter((line) => line !== ''),
  }
}

function capture(name: string, content: Uint8Array): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

const there = { from: '192.0.2.1', to: '192.0.2.2' }
const hello = tcp({ from: 50_000, to: 443, flags: 'PA', sequence: 1, payload: chromeHello('a.example') })
const frames = [
  { timeUs: T0, octets: ethernet(ipv4(there, tcp({ from: 50_000, to: 443, flags: 'S' })), { vlans: [20] }) },
  { timeUs: T0 + 1_000, octets: ethernet(ipv4(there, hello), { vlans: [20] }) },
  { timeUs: T0 + 2_000, octets: new Uint8Array(3) },
]

function scan(): Uint8Array {
  const probes = Array.from({ length: 60 }, (_, i) => ({
    timeUs: T0 + i * 1000,
    octets: ethernet(ipv4(there, tcp({ from: 40_000, to: 1 + i, flags: 'S' }))),
  }))
  return pcap(probes)
}

describe('meter', () => {
  test('a compressed capture on standard input', () => {
    const input = gzipSync(pcap(frames))
    const { status, stdout } = spawnSync(process.execPath, [MAIN, 'meter', '--summary', '-'], {
      input,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ file: '-', packets: 3, flows: 1 })
  })

  test('one flow a line in ECS names, absent is absent', () => {
    const path = capture('office.pcap', pcap(frames))
    const { status, lines } = sensor('meter', path)
    expect([status, lines.length]).toEqual([0, 1])
    const [{ picket, ...ecs }] = lines as [Record<string, Record<string, unknown>>]
    expect(ecs).toMatchObject({
      event: {
        start: '2026-11-22T21:46:40.123456Z',
        end: '2026-11-22T21:46:40.124456Z',
        duration: 1_000_000,
        reason: 'forced',
      },
      source: { ip: '192.0.2.1', port: 50_000, packets: 2, mac: '02-00-00-00-00-01' },
      destination: { ip: '192.0.2.2', port: 443, packets: 0, bytes: 0 },
      network: { transport: 'tcp', type: 'ipv4', packets: 2, protocol: 'tls', vlan: { id: 20 } },
      tls: {
        client: { server_name: 'a.example', ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1' },
        version: '1.3',
        alpn: 'h2',
      },
      log: { file: { path } },
    })
    expect(ecs).not.toHaveProperty('dns')
    expect(picket).toMatchObject({ interface: 'office', host_name: 'a.example' })
    expect(picket.features).toBeInstanceOf(Array)
    expect(picket).not.toHaveProperty('class')
  })

  test('--speed plays in packet time and changes no flow', () => {
    const late = [...frames, { timeUs: T0 + 400_000, octets: frames[0].octets }]
    const path = capture('late.pcap', pcap(late))
    const before = performance.now()
    const played = sensor('meter', '--speed', '2', path)
    expect(performance.now() - before).toBeGreaterThan(200)
    expect(played).toEqual(sensor('meter', path))
    expect(sensor('meter', '--speed', 'fast', path).status).toBe(2)
    expect(sensor('meter', '--speed', '1', '-').errors.join()).toContain('standard input')
  })

  test('--summary balances, an unsound file has an error and does not keep others from being read', () => {
    const good = capture('good.pcap', pcap(frames))
    const cut = capture('cut.pcap', pcap(frames).subarray(0, -1))
    const empty = capture('empty.pcap', Buffer.alloc(0))
    const { status, lines, errors } = sensor('meter', '--summary', empty, cut, good)
    expect(status).toBe(2)
    expect(lines).toMatchObject([
      { file: empty, packets: 0, bytes: 0, flows: 0, gaps: [], error: expect.stringContaining('empty') },
      { file: cut, packets: 2, flows: 1, gaps: [], error: expect.stringContaining('ends within a record') },
      { file: good, packets: 3, flows: 1, gaps: [{ cause: 'malformed', packets: 1 }] },
    ])
    expect(lines[2]).not.toHaveProperty('error')
    expect(lines[2].bytes).toBe(frames.reduce((sum, { octets }) => sum + octets.length, 0))
    expect(errors).toHaveLength(2)
  })

  test.each([
    [['meter'], 'no capture file'],
    [['meter', '--nonsense', 'x.pcap'], '--nonsense'],
    [['meter', '--idle-timeout', 'soon', 'x.pcap'], '--idle-timeout'],
    [['meter', '/none.pcap'], '/none.pcap'],
    [['interfaces', 'x'], 'no arguments'],
    [['detect', '--config', '/none.json', 'x.pcap'], '/none.json'],
    [['score', '--models', '/none', 'x.pcap'], '/none'],
  ])('%j is refused with one line', (args, says) => {
    const { status, lines, errors } = sensor(...args)
    expect([status, lines, errors.length]).toEqual([2, [], 1])
    expect(errors[0]).toContain(says)
  })

  test('a reader that goes away is no failure', () => {
    const path = capture('scan.pcap', scan())
    const command = `set -o pipefail; "${process.execPath}" "${MAIN}" meter ${`"${path}" `.repeat(20)} | head -n 1 | wc -l`
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect([status, stdout.trim(), stderr]).toEqual([0, '1', ''])
  })
})

test('score adds class and anomaly', () => {
  const { status, lines } = sensor('score', capture('scan.pcap', scan()))
  expect([status, lines.length]).toEqual([0, 60])
  for (const { picket } of lines)
    expect(picket).toMatchObject({ class: 'scan', class_source: 'behaviour', anomaly: expect.any(Number) })
})

test('detect gives one finding a line, by the thresholds of a file', () => {
  const path = capture('scan.pcap', scan())
  const { status, lines } = sensor('detect', path)
  expect(status).toBe(0)
  const found = lines.find(({ rule }) => (rule as { name: string }).name === 'port-scan')
  expect(found).toMatchObject({
    event: { kind: 'alert' },
    threat: { technique: { id: ['T1046'] } },
    log: { file: { path } },
    picket: { entity: '192.0.2.1', target: '192.0.2.2' },
  })
  const config = capture('config.json', Buffer.from('{"scanThreshold": 1000, "anomalyThreshold": 1}'))
  expect(sensor('detect', '--config', config, path).lines).toEqual([])
})

test('interfaces lists the loopback', () => {
  const { status, lines } = sensor('interfaces')
  expect(status).toBe(0)
  expect(
    lines.some(({ medium, addresses }) => medium === 'loopback' && (addresses as string[]).includes('127.0.0.1/8')),
  ).toBe(true)
})

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pcap } from '../../test/capture-files.ts'
import { chromeHello } from '../../test/client-hello.ts'
import { makeSource, type MeteredSource, meterSource } from '../../test/meter-source.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { concat, ethernet, icmp, ipv4, ipv6, tcp, text, udp, uint16 } from '../../test/packets.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'

const RUNNER = fileURLToPath(new URL('../../test/meter-source-main.ts', import.meta.url))
const SENDER = fileURLToPath(new URL('../../test/send-frames.py', import.meta.url))
const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))

const there = { from: '192.0.2.1', to: '192.0.2.2' }
const back = { from: '192.0.2.2', to: '192.0.2.1' }
const ports = { from: 50_000, to: 443 }
const reversed = { from: 443, to: 50_000 }

/** What every source must see alike; "out" leaves by the captured interface, "in" arrives at it. */
const traffic: { way: 'in' | 'out'; octets: Uint8Array }[] = [
  { way: 'out', octets: ethernet(ipv4(there, tcp({ ...ports, flags: 'S' }))) },
  { way: 'in', octets: ethernet(ipv4(back, tcp({ ...reversed, flags: 'SA' }))) },
  { way: 'out', octets: ethernet(ipv4(there, tcp({ ...ports, flags: 'A', sequence: 1 }))) },
  {
    way: 'out',
    octets: ethernet(ipv4(there, tcp({ ...ports, flags: 'PA', sequence: 1, payload: chromeHello('a.example') }))),
  },
  { way: 'in', octets: ethernet(ipv4(back, udp(5000, 5001, new Uint8Array(1400)))) },
  { way: 'in', octets: ethernet(ipv6({ from: '2001:db8::1', to: '2001:db8::2' }, udp(5000, 53, text('no question')))) },
  { way: 'in', octets: ethernet(ipv4(back, udp(6000, 6001, text('tagged'))), { vlans: [42] }) },
  { way: 'in', octets: ethernet(ipv4(back, udp(6000, 6001, text('twice'))), { vlans: [42, 43] }) },
  { way: 'out', octets: ethernet(ipv4(there, icmp(8, 0))) },
  { way: 'in', octets: ethernet(ipv4(back, icmp(0, 0))) },
  {
    way: 'in',
    octets: ethernet(concat(uint16(1, 0x0800), Uint8Array.of(6, 4), uint16(1), new Uint8Array(20)), { type: 0x0806 }),
  },
  { way: 'in', octets: ethernet(Uint8Array.of(0x40, ...new Uint8Array(45)), { type: 0x0800 }) },
]

async function meterFile(): Promise<MeteredSource> {
  const path = join(temporaryFolder(), 'traffic.pcap')
  writeFileSync(path, pcap(traffic.map(({ octets }, i) => ({ timeUs: 1_795_384_000_000_000 + i, octets }))))
  return await meterSource(makeSource('file', path), traffic.length + 1, () => undefined)
}

const whyNot: Record<string, string | undefined> = {
  ring: whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built'),
  cap: whyNoNamespaces() ?? whyNoCap(),
}

function whyNoCap(): string | undefined {
  try {
    createRequire(import.meta.url)('cap')
    return undefined
  } catch {
    return 'the package cap is not built'
  }
}

test('the file source sees the traffic as written', async () => {
  const { flows, packets } = await meterFile()
  expect(packets).toBe(traffic.length)
  expect(flows).toMatchInlineSnapshot(`
    [
      "2048 1 - 192.0.2.1:8 > 192.0.2.2:0 1/32 1/32 ",
      "2048 17 - 192.0.2.2:5000 > 192.0.2.1:5001 1/1428 0/0 ",
      "2048 17 42 192.0.2.2:6000 > 192.0.2.1:6001 1/33 0/0 ",
      "2048 17 42 192.0.2.2:6000 > 192.0.2.1:6001 1/34 0/0 ",
      "2048 6 - 192.0.2.1:50000 > 192.0.2.2:443 3/330 1/40 tls",
      "2054 0 - -:0 > -:0 1/28 0/0 ",
      "34525 17 - 2001:db8::1:5000 > 2001:db8::2:53 1/59 0/0 ",
    ]
  `)
})

describe.each(['ring', 'cap'])('%s source', (kind) => {
  const reason = whyNot[kind]
  if (reason) console.log(`skipped: ${kind} source: ${reason}`)
  let namespace: NetworkNamespace

  beforeAll(() => {
    if (reason) return
    namespace = new NetworkNamespace()
    namespace.addWire('near0', 'far0')
    namespace.run('ip', 'link', 'set', 'lo', 'up')
  })
  afterAll(() => namespace?.remove())

  test.skipIf(reason)('sees on a wire what the file source sees in a file', async () => {
    const seen = await capture(namespace, { kind, target: 'near0', count: traffic.length }, () => {
      const lines = traffic.map(
        ({ way, octets }) => `${way === 'out' ? 'near0' : 'far0'} ${Buffer.from(octets).toString('hex')}`,
      )
      const sent = spawnSync('ip', namespace.within('python3', SENDER), { input: lines.join('\n') })
      expect(sent.stderr.toString()).toBe('')
    })
    const expected = await meterFile()
    expect(seen.flows).toEqual(expected.flows)
    expect(seen).toMatchObject({ packets: expected.packets, drops: 0, timesArePresent: true })
  })

  test.skipIf(reason)('sees each packet of the loopback once', async () => {
    const script = `import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 50001))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b.bind(("127.0.0.1", 50000))
for i in range(20): b.sendto(b"hello", ("127.0.0.1", 50001))`
    const seen = await capture(namespace, { kind, target: 'lo', count: 20 }, () =>
      namespace.run('python3', '-c', script),
    )
    expect(seen.flows).toEqual(['2048 17 - 127.0.0.1:50000 > 127.0.0.1:50001 20/660 0/0 '])
  })

  const testOfCap = kind === 'cap' ? test.skipIf(reason) : () => undefined
  testOfCap('leaves out what a filter does, and counts packets that it cut', async () => {
    const script = `import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 50001))
for port in (50002, 50001): a.sendto(bytes(100), ("127.0.0.1", port))
a.sendto(b"hello", ("127.0.0.1", 50001))`
    const settings = { filter: 'udp dst port 50001', snapLength: 64 }
    const seen = await capture(namespace, { kind, target: 'lo', count: 2, settings }, () =>
      namespace.run('python3', '-c', script),
    )
    expect(seen).toMatchObject({ packets: 2, drops: 0, snapped: 1 })
    expect(seen.flows).toEqual(['2048 17 - 127.0.0.1:50001 > 127.0.0.1:50001 2/161 0/0 '])
  })

  test.skipIf(reason)('an interface that is not there has a code', async () => {
    const source = makeSource(kind, 'none0')
    await expect(source.open()).rejects.toMatchObject({ code: 'capture-no-interface', exitCode: 2 })
    await source.close()
  })
})

interface CaptureTask {
  kind: string
  target: string
  count: number
  settings?: { filter?: string; snapLength?: number }
}

/** Runs a source in the namespace, sends when it is open, and waits for what it metered. */
async function capture(namespace: NetworkNamespace, task: CaptureTask, send: () => void): Promise<MeteredSource> {
  const { kind, target, count, settings = {} } = task
  const args = namespace.within(process.execPath, RUNNER, kind, target, String(count), JSON.stringify(settings))
  const child: ChildProcess = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (!child.stdout) throw new Error('no output')
  const lines = createInterface({ input: child.stdout })
  const exited = once(child, 'exit')
  let result: MeteredSource | undefined
  for await (const line of lines) {
    if (line === 'open') send()
    else result = JSON.parse(line)
  }
  expect(await exited).toEqual([0, null])
  return result as MeteredSource
}

/**
 * Live capture beside other flow meters: `npm run bench -- capture [PACKETS] [ROUNDS] [METER...]`. tcpreplay sends a generated capture, half
 * short and half long packets of 5,000 flows, over a virtual wire as fast as it can, once for each meter and round. Reported are
 * processor seconds per million packets that were seen, and the share that was not; of `ring` also whether it was lost while the
 * reader ran or while it waited for a processor, and with which ring. `ring-x2` is two rings with a thread each. Needs root, iproute2 and tcpreplay.
 */
import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { NetworkNamespace, whyNoNamespaces } from '../test/network-namespace.ts'
import { captureMeters, type CaptureMeter } from './capture-meters.ts'
import { generateCapture } from './generate-capture.ts'

const LOOPS = 8
const SETTLE_MS = 1_000
const packets = Number(process.argv[2] ?? 200_000)
const rounds = Number(process.argv[3] ?? 2)
const wanted = process.argv.slice(4)
const meters = captureMeters.filter(({ meter }) => wanted.length === 0 || wanted.includes(meter.name))

const why = whyNoNamespaces() ?? (spawnSync('tcpreplay', ['--version']).error ? 'needs tcpreplay' : undefined)
if (why) {
  console.error(`picket: this benchmark ${why}`)
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
try {
  const path = join(folder, 'generated.pcap')
  generateCapture({ path, packets, flows: 5_000 })
  for (let round = 1; round <= rounds; round++) {
    for (const { meter, lacks } of meters) {
      const result = lacks ? { skipped: `${lacks} is not installed` } : await measure(meter, path)
      console.log(JSON.stringify({ bench: 'capture', meter: meter.name, round, ...result }))
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(meter: CaptureMeter, path: string): Promise<object> {
  const namespace = new NetworkNamespace()
  try {
    namespace.addWire('near0', 'far0')
    namespace.run('ip', 'link', 'set', 'lo', 'up')
    const running = await meter.start(namespace, folder)
    const before = cpuSeconds(running.process.pid ?? 0)
    const startedAt = performance.now()
    namespace.run('tcpreplay', '-q', '-K', '-t', '--loop', String(LOOPS), '-i', 'far0', path)
    const seconds = (performance.now() - startedAt) / 1000
    await delay(SETTLE_MS)
    const cpu = cpuSeconds(running.process.pid ?? 0) - before
    const sent = receivedBy(namespace)
    const { packets: seen, lost } = await running.stop()
    return {
      sent,
      seen,
      loss_percent: Number(((100 * Math.max(0, sent - seen)) / sent).toFixed(2)),
      cpu_s_per_million: Number(((1e6 * cpu) / seen).toFixed(3)),
      kpps_sent: Math.round(sent / seconds / 1000),
      ...(lost && { lost }),
    }
  } finally {
    namespace.remove()
  }
}

/** What arrived at the wire's captured end, by the kernel's own count. */
function receivedBy(namespace: NetworkNamespace): number {
  return Number(namespace.run('cat', '/sys/class/net/near0/statistics/rx_packets'))
}

/** Processor time of a process group so far, in ticks of a hundredth of a second (USER_HZ). */
function cpuSeconds(group: number): number {
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid)
    if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / 100
}

function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

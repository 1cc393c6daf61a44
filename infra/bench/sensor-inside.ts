// The part of the sensor benchmarks that runs at the sensor's end of the wire:
// `sensor-inside.ts NAME PEER-ADDRESS RATE SECONDS LIMITS COMMAND...`, the command being what runs the sensor.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { TestCollector } from '../../apps/sensor/test/test-collector.ts'
import { usageOf } from './process-usage.ts'
import { profileShares } from './profile-shares.ts'
import { startSensor } from './measured-sensor.ts'

/** Start-up, its garbage included, is over by then; under load the first flows have been idle for their 30 s. */
const settleSeconds = (rate: number): number => (rate > 0 ? 45 : 20)

/** What the sensor gave up, and took up again, to stay within its limits. */
const rungs: string[] = []

/** Long runs are told in windows of so many seconds, too: what becomes hot is compiled for minutes. */
const WINDOW_SECONDS = 30

/** Usage of the sensor's process group over a span, with the flows that arrived at the collector meanwhile. */
async function measure(group: number, collector: TestCollector, seconds: number): Promise<object> {
  const flowsBefore = collector.flowsStored
  const before = usageOf(group)
  const startedAt = performance.now()
  const windows: number[] = []
  let peak = 0
  let window = { cpuSeconds: before.cpuSeconds, startedAt }
  for (let second = 1; second <= seconds; second++) {
    await delay(1000)
    const { cpuSeconds, residentOctets } = usageOf(group)
    peak = Math.max(peak, residentOctets)
    if (second % WINDOW_SECONDS > 0) continue
    const now = performance.now()
    windows.push(Number(((1e5 * (cpuSeconds - window.cpuSeconds)) / (now - window.startedAt)).toFixed(2)))
    window = { cpuSeconds, startedAt: now }
  }
  const elapsed = (performance.now() - startedAt) / 1000
  const { cpuSeconds, residentOctets, threads } = usageOf(group)
  const percent = (spent: number) => Number(((100 * spent) / elapsed).toFixed(2))
  return {
    cpu_percent: percent(cpuSeconds - before.cpuSeconds),
    threads_cpu_percent: Object.fromEntries(
      Object.entries(threads).map(([thread, spent]) => [thread, percent(spent - (before.threads[thread] ?? 0))]),
    ),
    ...(windows.length > 1 && { cpu_percent_by_30_seconds: windows }),
    resident_mib: Math.round(residentOctets / 2 ** 20),
    peak_mib: Math.round(peak / 2 ** 20),
    flows_per_second: Math.round((collector.flowsStored - flowsBefore) / elapsed),
    seconds,
    ...(rungs.length > 0 && { rungs }),
  }
}

/** Prints where the time went, if the sensor noted it. */
function reportProfile(state: string, fromSeconds: number): void {
  for (const file of readdirSync(state).filter((name) => name.endsWith('.cpuprofile')))
    console.log(JSON.stringify({ bench: `${name}-profile`, ...profileShares(join(state, file), fromSeconds) }))
}

const [name, peer = '', rateText = '0', secondsText = '20', limitsText = '', command = '', ...args] =
  process.argv.slice(2)
const [rate, seconds] = [Number(rateText), Number(secondsText)]
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-sensor-'))
const collector = await TestCollector.create()
collector.keepsBatches = false
const sensor = startSensor(folder, collector, [command, ...args], limitsText.split(' ').filter(Boolean))
try {
  await sensor.ready
  sensor.onLine(({ rung }) => typeof rung === 'string' && rungs.push(rung))
  const settle = settleSeconds(rate)
  const script = fileURLToPath(new URL('flow-traffic.ts', import.meta.url))
  const flags = ['ask', peer, String(rate), String(seconds + settle)]
  const traffic = rate > 0 ? spawn(process.execPath, [script, ...flags], { stdio: 'inherit' }) : undefined
  await delay(settle * 1000)
  console.log(JSON.stringify({ bench: name, ...(await measure(sensor.group, collector, seconds)) }))
  traffic?.kill()
} finally {
  await sensor.stop()
  reportProfile(sensor.state, settleSeconds(rate))
  collector.stop()
  rmSync(folder, { recursive: true, force: true })
}

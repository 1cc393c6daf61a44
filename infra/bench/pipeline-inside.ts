// The part of the pipeline benchmark that runs at the fleet's end of the wire: `pipeline-inside.ts PEER-ADDRESS [flags]`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ROOT } from '../setup/paths.mjs'
import { measureDownloads } from './download.ts'
import { measureLatency } from './latency.ts'
import { usageOf } from './process-usage.ts'
import { startFleet } from './started-fleet.ts'
import type { StartedFleet } from './started-fleet.ts'

const SETTLE_MS = 10_000
/** Flows of the load end after an idle timeout of 30 s: from then on as many are scored and sent as begin. */
const LOAD_SETTLE_MS = 45_000
const SPAN_SECONDS = 30
const DOWNLOADS = 10
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    samples: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1000' },
  },
})
const [peer = ''] = positionals
const rate = Number(values.rate)
const report = (what: string, more: object) => console.log(JSON.stringify({ bench: 'pipeline', what, ...more }))
const rounded = (value: number, digits = 1) => Number(value.toFixed(digits))

/** Processor time of the sensor over a span, in per cent of one core. */
async function sensorCpu(fleet: StartedFleet, seconds: number): Promise<number> {
  const group = fleet.pids.sensor ?? 0
  const before = usageOf(group).cpuSeconds
  const startedAt = performance.now()
  await delay(seconds * 1000)
  return rounded((100 * (usageOf(group).cpuSeconds - before)) / ((performance.now() - startedAt) / 1000))
}

function reportMemory(fleet: StartedFleet, what: string): void {
  const mib = Object.fromEntries(
    Object.entries(fleet.pids).map(([name, group]) => [name, Math.round(usageOf(group).residentOctets / 2 ** 20)]),
  )
  const total = Object.values(mib).reduce((sum, value) => sum + value, 0)
  report(what, { unit: 'MiB resident', seconds: Math.round((performance.now() - startedAt) / 1000), ...mib, total })
}

/** Counts the flows that began on the wire, as the live feed tells, while new ones come at the wanted rate. */
async function measureLoad(fleet: StartedFleet): Promise<void> {
  const end = new AbortController()
  let flows = 0
  let dropped = 0
  const count = (event: { data: Record<string, unknown> }) => {
    for (const sample of event.data.samples as { flowsStarted: number; captureDrops: number }[]) {
      flows += sample.flowsStarted
      dropped += sample.captureDrops
    }
  }
  await fleet.client.listen('interfaces', count, end.signal)
  const seconds = SPAN_SECONDS + (LOAD_SETTLE_MS + SETTLE_MS) / 1000
  const script = fileURLToPath(new URL('flow-traffic.ts', import.meta.url))
  const traffic = spawn(process.execPath, [script, 'ask', peer, String(rate), String(seconds)], { stdio: 'inherit' })
  const ended = once(traffic, 'exit')
  await delay(LOAD_SETTLE_MS)
  const [flowsBefore, droppedBefore] = [flows, dropped]
  const cpu = await sensorCpu(fleet, SPAN_SECONDS)
  const perSecond = Math.round((flows - flowsBefore) / SPAN_SECONDS)
  report('sensor under load', { cpu_percent: cpu, flows_per_second: perSecond, dropped: dropped - droppedBefore })
  await ended
  end.abort()
}

const folder = mkdtempSync(join(tmpdir(), 'picket-bench-pipeline-'))
const startedAt = performance.now()
try {
  const fleet = await startFleet({ root: ROOT, node: process.execPath, data: join(folder, 'data') })
  try {
    await delay(SETTLE_MS)
    report('sensor idle', { cpu_percent: await sensorCpu(fleet, SPAN_SECONDS), seconds: SPAN_SECONDS })
    const latency = await measureLatency(fleet.client, peer, Number(values.samples))
    report('packet to page', latency)
    report('download to flows page', { ...(await measureDownloads(fleet.client, peer, DOWNLOADS)) })
    reportMemory(fleet, 'memory idle')
    await measureLoad(fleet)
    reportMemory(fleet, 'memory under load')
    const left = Number(values.minutes) * 60_000 - (performance.now() - startedAt)
    if (left > 0) {
      await delay(left)
      reportMemory(fleet, 'memory')
    }
  } finally {
    await fleet.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

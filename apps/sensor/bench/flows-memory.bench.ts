/**
 * Memory of concurrent flows: `npm run bench -- flows-memory`. 10 thousand, 100 thousand and 1 million TCP flows under way,
 * then a flood of another million SYNs into the full table of a million. One JSON object a line: octets a flow that the table touched,
 * octets a flow that became resident, and the longest that 1,000 packets held the event loop.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { FlowTable } from '../src/flow/flow-table.ts'
import { SynSender } from './syn-sender.ts'

const COUNTS = [10_000, 100_000, 1_000_000]

const count = Number(process.argv[2] ?? 0)
// A process for each count: what is resident in one tells nothing about the next.
if (count === 0) for (const flows of COUNTS) run(flows)
else measure(count)

function run(flows: number): void {
  const args = ['--expose-gc', fileURLToPath(import.meta.url), String(flows)]
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(stdout)
  if (status !== 0) process.exitCode = 1
}

function measure(flows: number): void {
  const inspector = { inspect: () => false }
  const timeouts = { idleTimeoutUs: 60e6, activeTimeoutUs: 120e6 }
  const sender = new SynSender(new FlowTable({ ...timeouts, maxFlows: flows, inspector, onEnd: () => undefined }))
  sender.send(0, 100)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const slowestMs = sender.send(0, flows)
  globalThis.gc?.()
  const { table } = sender
  const resident = process.memoryUsage().rss - before
  report(flows, { what: 'flows', table_octets: table.octets / flows, resident_octets: resident / flows, slowestMs })
  if (flows < COUNTS.at(-1)!) return
  const floodMs = sender.send(flows, 2 * flows)
  const afterFlood = process.memoryUsage().rss - before
  const sizes = { table_octets: table.octets / flows, resident_octets: afterFlood / flows }
  report(flows, { what: 'flood', ...sizes, slowestMs: floodMs, evictions: table.evictions })
}

interface Measured {
  what: string
  table_octets: number
  resident_octets: number
  slowestMs: number
  evictions?: number
}

function report(flows: number, { what, table_octets, resident_octets, slowestMs, ...more }: Measured): void {
  const sizes = { table_octets: Math.round(table_octets * 10) / 10, resident_octets: Math.round(resident_octets) }
  const slowest = { slowest_batch_ms: Math.round(slowestMs * 10) / 10 }
  console.log(JSON.stringify({ bench: 'flows-memory', what, flows, ...sizes, ...slowest, ...more }))
}

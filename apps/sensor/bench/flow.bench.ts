/**
 * What metering costs: `node apps/sensor/bench/flow.bench.ts [PACKETS] [FLOWS]`. A generated capture is metered in this process
 * (first round cold, then warm), by the command `meter --summary` with its start-up, and by `softflowd -r` where that is
 * installed. One JSON object a line.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { METER_DEFAULTS, meterFile } from '../src/commands/meter-file.ts'
import { generateCapture } from './generate-capture.ts'

const packets = Number(process.argv[2] ?? 2_000_000)
const flows = Number(process.argv[3] ?? 20_000)
const ROUNDS = 4
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
try {
  const path = join(folder, 'generated.pcap')
  generateCapture({ path, packets, flows })
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now()
    const metered = await meterFile(path, METER_DEFAULTS, async () => undefined)
    const what = round === 0 ? 'meter-cold' : 'meter-warm'
    report(what, metered.packets, performance.now() - startedAt, { flows: metered.flows })
  }
  report('memory', packets, 0, { resident_mib: Math.round(process.memoryUsage().rss / 2 ** 20) })
  for (let round = 0; round < 2; round++) {
    time('meter-command', process.execPath, [MAIN, 'meter', '--summary', path])
    time('softflowd', 'softflowd', ['-d', '-r', path, '-n', '127.0.0.1:9', '-m', '131072'])
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function time(what: string, command: string, args: string[]): void {
  const startedAt = performance.now()
  const { error, status } = spawnSync(command, args, { stdio: 'ignore' })
  if (error || status !== 0) report(what, 0, 0, { skipped: error?.message ?? `exit ${status}` })
  else report(what, packets, performance.now() - startedAt, {})
}

function report(what: string, count: number, ms: number, more: object): void {
  const speed = ms > 0 ? { seconds: Math.round(ms) / 1000, mpps: Math.round(count / ms / 10) / 100 } : {}
  console.log(JSON.stringify({ bench: 'flow', what, packets: count, ...speed, ...more }))
}

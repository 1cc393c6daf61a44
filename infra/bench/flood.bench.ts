/**
 * A flood of SYNs, each a flow of its own, at the whole service with its models, its budget and a collector in memory:
 * `npm run bench -- flood [PACKETS_A_SECOND] [SECONDS] [MAX_CPU]`, by default 20,000, 60 and 25 (per cent of a core). One JSON object for the flood
 * (steps of the budget, processor time, memory, how long commands waited for their answer), one for the time until everything is done
 * again, one for the ledgers. Needs root, iproute2 and tcpreplay.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeSynCapture } from '../../apps/sensor/bench/syn-capture.ts'
import { RUNTIME_FLAGS } from '../bundle/runtime-flags.ts'
import { readLines } from '../local/child-output.ts'
import { findCommand } from '../setup/find-command.mjs'
import { LOCAL_SENSOR } from '../setup/paths.mjs'
import { Wire } from './wire.ts'

/** Different ones of the capture that is sent over and over. */
const SYNS = 500_000
const [rate = '20000', seconds = '60', limit = '25'] = process.argv.slice(2)

if (process.getuid?.() !== 0 || !findCommand('ip') || !findCommand('tcpreplay')) {
  console.error('picket: this benchmark makes network namespaces: it needs root, iproute2 and tcpreplay')
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-syn-'))
const wire = new Wire()
try {
  const capture = join(folder, 'syn.pcap')
  writeSynCapture(capture, SYNS)
  const command = [process.execPath, ...RUNTIME_FLAGS, join(LOCAL_SENSOR, 'sensor.mjs')]
  const script = fileURLToPath(new URL('flood-inside.ts', import.meta.url))
  const inside = wire.spawn(wire.fleet, [script, limit, ...command], ['pipe', 'pipe', 'inherit'])
  if (inside.stdout) readLines(inside.stdout, (line) => (line === 'ready' ? flood(capture) : console.log(line)))
  const [status] = (await once(inside, 'exit')) as [number | null]
  process.exitCode = status ?? 1

  function flood(path: string): void {
    const pace = ['--pps', rate, '--duration', seconds, '--loop', '0']
    const args = ['netns', 'exec', wire.peer, 'tcpreplay', '-q', '-K', ...pace, '-i', 'eth0', path]
    spawn('ip', args, { stdio: 'ignore' }).once('exit', () => inside.stdin?.write('over\n'))
  }
} finally {
  wire.remove()
  rmSync(folder, { recursive: true })
}

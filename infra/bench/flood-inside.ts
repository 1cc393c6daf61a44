// The part of the flood benchmark that runs at the sensor's end of the wire: `flood-inside.ts LIMIT COMMAND...`. Prints `ready`, takes a line
// on standard input for the flood's end, and prints a JSON object for each phase.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { TestCollector } from '../../apps/sensor/test/test-collector.ts'
import { FloodLedger } from './flood-ledger.ts'
import { FloodWatch } from './flood-watch.ts'
import { startSensor } from './measured-sensor.ts'

const SETTLE_MS = 15_000
const LOOK_MS = 1_000
/** Ten measurements of 2 s for each of four steps up, and a while. */
const RECOVERY_MS = 120_000

const [limit = '', ...command] = process.argv.slice(2)
const report = (phase: string, seen: object) => console.log(JSON.stringify({ bench: 'flood', phase, ...seen }))
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-flood-'))
const collector = await TestCollector.create()
collector.keepsBatches = false
const ledger = new FloodLedger()
collector.onRecords = (records) => ledger.add(records)
let watch: FloodWatch | undefined
collector.onMessage = ({ heartbeat, commandResult }) => {
  if (heartbeat) ledger.last = heartbeat
  if (heartbeat) watch?.heard()
  if (commandResult) watch?.answered(commandResult.commandId)
}
const sensor = startSensor(folder, collector, command, ['--max-cpu', limit])
try {
  await sensor.ready
  await delay(SETTLE_MS)
  watch = new FloodWatch(sensor, collector)
  console.log('ready')
  await once(process.stdin, 'data')
  report('flood', watch.take())
  const until = performance.now() + RECOVERY_MS
  while (!watch.isWhole && performance.now() < until) await delay(LOOK_MS)
  report('recovery', watch.take())
} finally {
  watch?.end()
  await sensor.stop()
  collector.stop()
  rmSync(folder, { recursive: true, force: true })
}
report('ledger', ledger.report())
process.exit(0)

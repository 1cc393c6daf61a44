import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeSource } from './meter-source.ts'

// Reads near0 of the namespace it is run in by a ring that grows and shrinks, until SIGTERM. Its clock stands still but for lines on standard
// input: each moves it on by a minute. Prints a JSON line when it begins, when the ring has another size, and at the end.
const MINUTE_MS = 61_000
const POLL_MS = 5

let nowMs = 0
createInterface({ input: process.stdin }).on('line', () => (nowMs += MINUTE_MS))
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())
const source = makeSource('ring', 'near0', { nowMs: () => nowMs })
let [packets, drops, snapped, isLarge] = [0, 0, 0, false]
const print = (): void => void process.stdout.write(`${JSON.stringify({ packets, drops, snapped, isLarge })}\n`)
const read = (): number => {
  const count = source.read(() => packets++, 256)
  drops += source.takeDrops()
  snapped += source.takeSnapped?.().packets ?? 0
  if (source.isLarge === isLarge) return count
  isLarge = source.isLarge ?? false
  print()
  return count
}
await source.open()
print()
while (!stopping.signal.aborted) await sleep(read() > 0 ? 0 : POLL_MS)
await source.finish?.(() => void packets++)
read()
await source.close()
print()
process.exit(0)

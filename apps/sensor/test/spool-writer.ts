import { setImmediate as nextTurn } from 'node:timers/promises'
import { Spool } from '../src/spool/spool.ts'
import { Telemetry } from '../src/telemetry.ts'

// Appends until it is killed and tells its parent every sequence that append returned.
const spool = new Spool({
  folder: process.argv[2] ?? '',
  limitBytes: 64 * 2 ** 20,
  segmentBytes: 64 * 1024,
  nowUs: () => Date.now() * 1000,
  telemetry: new Telemetry(),
  onGap: () => undefined,
})
for (;;) {
  process.send?.(spool.append(Buffer.alloc(3000, 'k'), 1))
  await nextTurn()
}

/** A training worker as a process of its own, so that a test can kill it: `node worker-process.ts CONFIG LOCK_MS`. */
import type { WorkConfig } from '../../src/config.ts'
import { createLogger, Telemetry } from '../../src/telemetry.ts'
import { startWorker } from '../../src/worker.ts'

const [config, lockMs] = process.argv.slice(2)
await startWorker(JSON.parse(config) as WorkConfig, new Telemetry(), createLogger('fatal'), { lockMs: Number(lockMs) })
process.stdout.write('ready\n')

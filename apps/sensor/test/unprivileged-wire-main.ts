import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWire } from '../src/capture/wire.ts'
import { dropPrivileges } from '../src/privileges/drop-privileges.ts'
import { openPacketSockets } from '../src/privileges/open-packet-sockets.ts'
import { loadProcessAddon } from '../src/process-addon.ts'

// As wire-main.ts, but with its privileges dropped between opening and starting, as the service does it.
const own = loadProcessAddon()
if (!own) throw new Error('the addon is not built')
const sockets = openPacketSockets(own, true)
const warn = (...args: unknown[]): void => void process.stderr.write(`${JSON.stringify(args)}\n`)
const logger = { info: () => undefined, warn }
const wire = createWire(
  { idleTimeoutMs: 30_000, activeTimeoutMs: 60_000, maxFlows: 1024, sockets, logger },
  (observation) => process.stdout.write(`${JSON.stringify(observation)}\n`),
)
process.once('SIGTERM', () => void wire.stop())
await wire.open()
process.chdir(mkdtempSync(join(tmpdir(), 'picket-test-')))
await dropPrivileges({ own, folder: '.', logger })
await wire.start()

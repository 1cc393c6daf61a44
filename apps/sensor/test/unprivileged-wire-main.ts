import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createWire } from '../src/capture/wire.ts'
import { dropPrivileges } from '../src/privileges/drop-privileges.ts'
import { executeConfined } from '../src/privileges/execute-confined.ts'
import { openPacketSockets } from '../src/privileges/open-packet-sockets.ts'
import { loadProcessAddon } from '../src/process-addon.ts'
import { observationLine } from './observation-line.ts'

// As wire-main.ts, but confined and with its privileges dropped between opening and starting, as the service does it. Takes a folder
// outside of its state and a secret there. The first line it prints is what became of reading and writing files.

/** What reading and writing give on this thread, and on those that do work for it. */
async function tryFiles(outside: string): Promise<Record<string, string>> {
  const outcome = async (use: () => unknown): Promise<string> => {
    try {
      await use()
      return 'done'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error)
    }
  }
  return {
    read: await outcome(() => readFileSync(join(outside, 'secret'))),
    readByPool: await outcome(() => Promise.all([1, 2, 3, 4].map(() => readFile(join(outside, 'secret'))))),
    write: await outcome(() => writeFileSync(join(outside, 'written'), '')),
    writeByPool: await outcome(() => writeFile(join(outside, 'written'), '')),
    readOfSystem: await outcome(() => readFileSync('/etc/passwd')),
    writeOfState: await outcome(() => writeFileSync('written', '')),
  }
}

async function main(outside: string): Promise<void> {
  const own = loadProcessAddon()
  if (!own) throw new Error('the addon is not built')
  const { sockets, areInherited } = openPacketSockets(true)
  const warn = (...args: unknown[]): void => void process.stderr.write(`${JSON.stringify(args)}\n`)
  const logger = { info: () => undefined, warn }
  const state = areInherited ? tmpdir() : mkdtempSync(join(tmpdir(), 'picket-test-'))
  if (!areInherited) executeConfined({ own, sockets, stateFolder: state, given: [], logger })
  const fanout = new Map([
    ['near0', 2],
    ['late0', 2],
  ])
  const wire = createWire(
    { idleTimeoutMs: 30_000, activeTimeoutMs: 60_000, maxFlows: 1024, sockets, settings: { fanout }, logger },
    (observation) => process.stdout.write(observationLine(observation)),
  )
  process.once('SIGTERM', () => void wire.stop())
  await wire.open()
  process.chdir(state)
  await dropPrivileges({ own, folder: '.', logger })
  const worker = new Worker(resolve(process.argv[1]), { workerData: outside })
  const byWorker = await new Promise((told) => worker.once('message', told))
  process.stdout.write(`${JSON.stringify({ files: await tryFiles(outside), byWorker })}\n`)
  await wire.start()
}

if (isMainThread) await main(process.argv[2])
else parentPort?.postMessage(await tryFiles(workerData as string), [])

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { NetworkNamespace } from '../test/network-namespace.ts'

const READER = fileURLToPath(new URL('capture-reader.ts', import.meta.url))
/** The other programs say nothing when they have opened the interface. */
const OPENED_MS = 1_500

/** What a meter saw, and what it can tell of what it did not. */
export interface Seen {
  packets: number
  lost?: object
}

export interface RunningMeter {
  process: ChildProcess
  stop(): Promise<Seen>
}

/** A flow meter on one end of a wire. */
export interface CaptureMeter {
  readonly name: string
  /** Starts capturing. */
  start(namespace: NetworkNamespace, folder: string): Promise<RunningMeter>
}

const startIn = (namespace: NetworkNamespace, command: string, args: string[]): ChildProcess =>
  // A group of its own, so that processor time is summed over what it starts as well.
  spawn('ip', namespace.within(command, ...args), { stdio: ['ignore', 'pipe', 'ignore'], detached: true })

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`${child.spawnargs.join(' ')} ended by itself`)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

function ownMeter(kind: 'ring' | 'ring-x2' | 'cap'): CaptureMeter {
  return {
    name: kind,
    async start(namespace) {
      const child = startIn(namespace, process.execPath, [READER, kind, 'near0'])
      const lines: string[] = []
      if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
      if (child.stdout) await once(child.stdout, 'data')
      const stop = async (): Promise<Seen> => {
        await end(child)
        return JSON.parse(lines.at(-1) ?? '') as Seen
      }
      return { process: child, stop }
    },
  }
}

const softflowd: CaptureMeter = {
  name: 'softflowd',
  async start(namespace, folder) {
    const control = join(folder, 'softflowd.ctl')
    const files = ['-p', join(folder, 'softflowd.pid'), '-c', control]
    const child = startIn(namespace, 'softflowd', ['-d', '-i', 'near0', '-n', '127.0.0.1:9', '-m', '131072', ...files])
    await delay(OPENED_MS)
    const stop = async (): Promise<Seen> => {
      const { stdout } = spawnSync('softflowctl', ['-c', control, 'statistics'], { encoding: 'utf8' })
      await end(child)
      return { packets: Number(/Packets processed:\s+(\d+)/.exec(stdout)?.[1] ?? 0) }
    }
    return { process: child, stop }
  },
}

const argus: CaptureMeter = {
  name: 'argus',
  async start(namespace, folder) {
    const records = join(folder, 'argus.out')
    const child = startIn(namespace, 'argus', ['-X', '-i', 'near0', '-w', records])
    await delay(OPENED_MS)
    const stop = async (): Promise<Seen> => {
      await end(child)
      const { stdout } = spawnSync('ra', ['-r', records, '-n', '-s', 'pkts'], { encoding: 'utf8', maxBuffer: 1 << 28 })
      return { packets: stdout.split('\n').reduce((sum, line) => sum + (Number(line) || 0), 0) }
    }
    return { process: child, stop }
  },
}

const has = (command: string): boolean =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)))

/** Every meter there is on this machine; the others with what they lack. */
export const captureMeters: { meter: CaptureMeter; lacks: string | undefined }[] = [
  { meter: ownMeter('ring'), commands: [] },
  { meter: ownMeter('ring-x2'), commands: [] },
  { meter: ownMeter('cap'), commands: [] },
  { meter: softflowd, commands: ['softflowd', 'softflowctl'] },
  { meter: argus, commands: ['argus', 'ra'] },
].map(({ meter, commands }) => ({ meter, lacks: commands.find((command) => !has(command)) }))

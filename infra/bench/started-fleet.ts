import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseJsonLine, readLines } from '../local/child-output.ts'
import { ConsoleClient } from './console-client.ts'
import type { Access } from './console-client.ts'

const START_DEADLINE_MS = 300_000
const LIVE_DEADLINE_MS = 60_000

export interface StartOptions {
  /** The clone that is started, and what runs its start script. */
  readonly root: string
  readonly node: string
  readonly data: string
  /** The administrator of an earlier start of the same data folder. */
  readonly access?: Omit<Access, 'url'>
}

/** A fleet started by the product's own start script, signed in to, with its page live. */
export interface StartedFleet {
  readonly client: ConsoleClient
  readonly access: Access
  /** Process ids by name. */
  readonly pids: Readonly<Record<string, number>>
  /** What the start script said, with the seconds of each step as it printed them. */
  readonly steps: Readonly<Record<string, number>>
  /** Seconds from the command to the fleet's ready line, and to the first moving number on a page. */
  readonly readySeconds: number
  readonly liveSeconds: number
  stop(): Promise<void>
}

/** Starts and waits until a signed-in session has received the first interface counters. */
export async function startFleet({ root, node, data, access }: StartOptions): Promise<StartedFleet> {
  const startedAt = performance.now()
  const seconds = () => Math.round(performance.now() - startedAt) / 1000
  const args = ['--json', '--data', data, '--port', '0', '--stream-port', '0']
  const child = spawn(node, [join(root, 'infra', 'start.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const steps: Record<string, number> = {}
  readLines(child.stderr, (line) => {
    const [, name, took] = /^\S+ {2}(\S+) +ready \(([\d.]+) s\)$/.exec(line) ?? []
    if (name && took) steps[name] = Number(took)
  })
  try {
    const ready = await readyLine(child)
    const readySeconds = seconds()
    const known = { email: access?.email ?? ready.email, password: access?.password ?? ready.password, url: ready.url }
    const client = await ConsoleClient.signIn(known)
    await client.page('/')
    await firstNumbers(client)
    const stop = () => stopChild(child)
    return { client, access: known, pids: ready.pids, steps, readySeconds, liveSeconds: seconds(), stop }
  } catch (error) {
    await stopChild(child)
    throw error
  }
}

type ReadyLine = Access & { readonly pids: Record<string, number> }

async function readyLine(child: ChildProcess): Promise<ReadyLine> {
  const line = new Promise<ReadyLine>((resolve, reject) => {
    const last: string[] = []
    if (child.stderr) readLines(child.stderr, (text) => last.push(text) > 20 && last.shift())
    if (child.stdout) {
      readLines(child.stdout, (text) => {
        const record = parseJsonLine(text)
        if (record?.ready === true) resolve(record as unknown as ReadyLine)
      })
    }
    child.once('exit', () => reject(new Error(`the start failed:\n${last.join('\n')}`)))
  })
  return withDeadline(line, START_DEADLINE_MS, 'the fleet is up')
}

async function firstNumbers(client: ConsoleClient): Promise<void> {
  const end = new AbortController()
  try {
    const numbers = new Promise<void>((resolve, reject) => {
      client.listen('interfaces', () => resolve(), end.signal).catch(reject)
    })
    await withDeadline(numbers, LIVE_DEADLINE_MS, 'the page is live')
  } finally {
    end.abort()
  }
}

async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms / 1000} s: ${what}`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { ROOT } from '../setup/paths.mjs'
import { parseJsonLine, readLines, toPlainText } from './child-output.ts'
import type { LogFile } from './log-file.ts'
import type { Report } from './report.ts'
import { StartError } from './start-error.ts'
import type { Warden } from './warden.ts'

const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 30_000
/** A process that ran this long has recovered: its next restart is quick again. */
const STEADY_MS = 60_000
const STOP_GRACE_MS = 12_000
/** How a process ends that has nothing more to do, as a sensor that was removed from the fleet. */
const DONE = 'exit code 0'
const PROBE_INTERVAL_MS = 25

export type JsonLine = Record<string, unknown>

export interface ProcessOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Working folder; default the repository root. */
  readonly cwd?: string
  readonly readyTimeoutMs: number
  /** Pause before the first restart, doubled up to half a minute; default one second. */
  readonly backoffMs?: number
  /** Tells readiness where the process prints no `{"ready":true}` line on standard output. */
  readonly probe?: () => Promise<boolean>
  /** Called for every JSON line on standard output but the first ready one. */
  readonly onLine?: (line: JsonLine) => void
}

export interface ProcessContext {
  readonly log: LogFile
  readonly warden: Warden
  readonly report: Report
}

interface Run {
  readonly child: ChildProcess
  readonly group: number
  readonly exited: Promise<string>
  readonly ready: Promise<JsonLine>
}

/**
 * One long-lived process of the fleet, in a process group of its own so that a Ctrl-C reaches only the supervisor. Started,
 * watched, started again with a growing pause whenever it fails, stopped on request.
 */
export class SupervisedProcess {
  readonly name: string
  readonly #options: ProcessOptions
  readonly #context: ProcessContext
  readonly #stopping = new AbortController()
  #run: Run | undefined
  #watch: Promise<void> = Promise.resolve()
  #startedAt = 0

  constructor(options: ProcessOptions, context: ProcessContext) {
    this.name = options.name
    this.#options = options
    this.#context = context
  }

  get pid(): number | undefined {
    return this.#run?.group
  }

  /** Resolves with the ready line once the process says it is ready; throws StartError when it ends or stays silent instead. */
  async start(): Promise<JsonLine> {
    const run = this.#spawn()
    const ready = await run.ready
    this.#watch = this.#keepRunning(run)
    return ready
  }

  /** Asks the process to end, waits, and ends its whole group by force when it does not. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const run = this.#run
    if (run) {
      signalGroup(run.group, 'SIGTERM', run.child)
      const grace = new AbortController()
      const ended = run.exited.then(() => true)
      const timedOut = delay(STOP_GRACE_MS, false, { signal: grace.signal }).catch(() => false)
      if (!(await Promise.race([ended, timedOut]))) this.kill()
      grace.abort()
      await run.exited
    }
    await this.#watch
    this.#context.log.close()
  }

  /** Ends the process group at once. */
  kill(): void {
    this.#stopping.abort()
    if (this.#run) signalGroup(this.#run.group, 'SIGKILL')
  }

  #spawn(): Run {
    const { command, args, env, cwd = ROOT } = this.#options
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const group = child.pid ?? 0
    if (group > 0) this.#context.warden.add(group)
    this.#startedAt = Date.now()
    const exited = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message))
      // Whatever the process left behind in its group goes with it; else its output would stay open.
      child.on('exit', () => signalGroup(group, 'SIGKILL'))
      child.on('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
    }).then((how) => {
      if (group > 0) this.#context.warden.drop(group)
      if (this.#run?.child === child) this.#run = undefined
      return how
    })
    readLines(child.stderr, (line) => this.#context.log.write(line))
    const ready = this.#awaitReady(child, exited)
    ready.catch(() => undefined)
    this.#run = { child, group, exited, ready }
    return this.#run
  }

  async #awaitReady(child: ChildProcess, exited: Promise<string>): Promise<JsonLine> {
    const { readyTimeoutMs, probe, onLine } = this.#options
    const settled = new AbortController()
    const line = new Promise<JsonLine>((resolve) => {
      let isReady = probe !== undefined
      if (child.stdout) {
        readLines(child.stdout, (text) => {
          const record = parseJsonLine(text)
          if (!record) this.#context.log.write(text)
          else if (isReady || record.ready !== true) onLine?.(record)
          else {
            isReady = true
            resolve(record)
          }
        })
      }
    })
    const probed = probe ? pollUntil(probe, settled.signal).then(() => ({ ready: true })) : line
    const ended = exited.then((how) => Promise.reject(this.#startFailure(how)))
    const late = delay(readyTimeoutMs, undefined, { signal: settled.signal }).then(() => {
      this.kill()
      throw new StartError(
        `${this.name} was not ready within ${readyTimeoutMs / 1000} s`,
        `see ${this.#context.log.path}`,
        1,
      )
    })
    try {
      return await Promise.race([probed, ended, late])
    } finally {
      settled.abort()
      late.catch(() => undefined)
      ended.catch(() => undefined)
    }
  }

  /** A process that ends with code 2 has said on standard error what is wrong with what it was given. */
  #startFailure(how: string): StartError {
    const lines = this.#context.log.lastLines.slice(-8).map(toPlainText)
    const said = lines.length > 0 ? `:\n  ${lines.join('\n  ')}` : ''
    return new StartError(
      `${this.name} ended (${how}) before it was ready${said}`,
      `see ${this.#context.log.path}`,
      how === 'exit code 2' ? 2 : 1,
    )
  }

  async #keepRunning(first: Run): Promise<void> {
    const { signal } = this.#stopping
    const firstBackoff = this.#options.backoffMs ?? FIRST_BACKOFF_MS
    let backoff = firstBackoff
    let how = await first.exited
    while (!signal.aborted) {
      if (how === DONE) return this.#context.report(this.name, 'ended by its own decision; not started again')
      if (Date.now() - this.#startedAt > STEADY_MS) backoff = firstBackoff
      this.#context.report(
        this.name,
        `ended (${how}); starting it again in ${backoff / 1000} s (log: ${this.#context.log.path})`,
      )
      await delay(backoff, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)
      const run = this.#spawn()
      const isReady = await run.ready.then(
        () => true,
        () => false,
      )
      if (isReady) this.#context.report(this.name, 'running again')
      how = await run.exited
    }
  }
}

async function pollUntil(probe: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await probe()))
    await delay(PROBE_INTERVAL_MS, undefined, { signal }).catch(() => undefined)
}

function signalGroup(group: number, signal: NodeJS.Signals, leader?: ChildProcess): void {
  if (group <= 0) return
  try {
    if (leader) leader.kill(signal)
    else process.kill(-group, signal)
  } catch {
    // The group has ended already.
  }
}

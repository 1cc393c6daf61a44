import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { root } from './sensor-command.ts'

export type StateLine = Record<string, unknown> & { ready?: boolean }

export interface RunningOptions {
  env?: NodeJS.ProcessEnv
  /** A prefix that runs the command elsewhere, e.g. `['ip', 'netns', 'exec', 'lab-a']`. */
  within?: readonly string[]
  readyWithinMs?: number
}

/** A process of the product under test: its state lines, its log, and a way to end it. */
export class Running {
  readonly child: ChildProcess
  readonly lines: StateLine[] = []
  log = ''
  readonly #waiting = new Set<() => void>()

  private constructor(child: ChildProcess) {
    this.child = child
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.log = (this.log + text).slice(-200_000)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{')) return
      this.lines.push(JSON.parse(line) as StateLine)
      for (const wake of this.#waiting) wake()
    })
    child.once('exit', () => {
      for (const wake of this.#waiting) wake()
    })
  }

  /** Starts a command from the repository root; resolves when it has printed its ready line. */
  static async start(command: string, args: string[], options: RunningOptions = {}): Promise<Running> {
    const [program, ...rest] = [...(options.within ?? []), command, ...args]
    const child = spawn(program, rest, {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const running = new Running(child)
    try {
      await running.line((line) => line.ready === true, options.readyWithinMs)
    } catch (error) {
      child.kill()
      throw error
    }
    return running
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** The first state line that satisfies the condition, past or future. */
  async line(condition: (line: StateLine) => boolean, withinMs = 60_000): Promise<StateLine> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const found = this.lines.find(condition)
      if (found) return found
      const left = deadline - Date.now()
      if (this.ended || left <= 0) {
        throw new Error(
          `${this.child.spawnargs.join(' ')}: ${this.ended ? `exited ${this.child.exitCode}` : 'no such line'}\n${this.log.slice(-4000)}`,
        )
      }
      await this.#change(left)
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.ended) {
      const gone = once(this.child, 'exit')
      this.child.kill(signal)
      await gone
    }
    return this.child.exitCode
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, withinMs)
      this.#waiting.add(wake)
    })
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestCollector } from '../../apps/sensor/test/test-collector.ts'
import { RUNTIME_ENVIRONMENT } from '../bundle/runtime-flags.ts'
import { parseJsonLine, readLines } from '../local/child-output.ts'

type Line = Record<string, unknown>

/** The sensor in a process group of its own, so that what it starts is measured with it. */
export interface MeasuredSensor {
  readonly group: number
  readonly state: string
  /** Settles when it captures and its collector listens; fails if it ends before. */
  readonly ready: Promise<void>
  /** Calls back for each state line from now on. */
  onLine(listen: (line: Line) => unknown): void
  /** Ends it in order. */
  stop(): Promise<void>
}

/** Runs a command line as the sensor of a collector in memory, with a state folder under `folder`. */
export function startSensor(
  folder: string,
  collector: TestCollector,
  [command, ...args]: readonly string[],
  options: readonly string[],
): MeasuredSensor {
  const token = join(folder, 'token')
  writeFileSync(token, collector.createToken())
  const state = join(folder, 'state')
  const places = ['--collector', `127.0.0.1:${collector.streamPort}`, '--enrol', `127.0.0.1:${collector.enrolPort}`]
  const own = ['run', ...places, '--token-file', token, '--state', state, '--log-level', 'error']
  const child = spawn(command, [...args, ...own, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: { ...process.env, ...RUNTIME_ENVIRONMENT },
  })
  const exited = once(child, 'exit')
  const listeners: ((line: Line) => unknown)[] = []
  readLines(child.stdout, (text) => {
    const line = parseJsonLine(text)
    if (line) for (const listen of listeners) listen(line)
  })
  const ready = new Promise<void>((resolve, reject) => {
    listeners.push((line) => line.ready === true && resolve())
    child.once('exit', (code) => reject(new Error(`the sensor ended with ${code}`)))
  })
  return {
    group: child.pid ?? 0,
    state,
    ready,
    onLine: (listen) => void listeners.push(listen),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CoverageGap } from '@picket/proto'
import { COMPILED_FOLDER } from '../src/compile-cache.ts'
import { eventually } from './eventually.ts'
import type { NetworkNamespace } from './network-namespace.ts'

const RUNNER = fileURLToPath(new URL('fanout-main.ts', import.meta.url))
const SENDER = fileURLToPath(new URL('send-frames.py', import.meta.url))

/** A line of `fanout-main.ts`. */
export interface FanoutState {
  flows: { ports: [number, number]; packets: [number, number]; hostName: string }[]
  gaps: CoverageGap[]
  /** Packets read by each thread that was not ended. */
  read: number[]
  packetsRead: number
  captured: number
  drops: number
  isEnded: boolean
}

/** Modules that were stripped of their types once need not be again: a second of every start, and of every thread. */
const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED_FOLDER }

/** `fanout-main.ts` over `near0` of a namespace, and everything it has told so far. */
export class FanoutRunner {
  readonly seen: FanoutState[] = []
  readonly #namespace: NetworkNamespace
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown[]>

  constructor(namespace: NetworkNamespace, rings: number) {
    this.#namespace = namespace
    const args = namespace.within(process.execPath, RUNNER, 'near0', String(rings))
    this.#process = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'], env })
    this.#exited = once(this.#process, 'exit')
    if (this.#process.stdout)
      createInterface({ input: this.#process.stdout }).on('line', (line) => this.seen.push(JSON.parse(line)))
  }

  async ready(): Promise<void> {
    await eventually('the rings', () => this.seen.length > 0, 30_000)
  }

  /** Frames by the end of the wire that sends them. */
  send(frames: readonly { way: string; octets: Uint8Array }[]): void {
    const lines = frames.map(({ way, octets }) => `${way} ${Buffer.from(octets).toString('hex')}`)
    spawnSync('ip', this.#namespace.within('python3', SENDER), { input: lines.join('\n') })
  }

  /** Ends one of the threads as an error in it would. */
  endThread(): void {
    this.#process.stdin?.write('end\n')
  }

  /** Ends it in order; gives code and signal. */
  async stop(): Promise<unknown[]> {
    this.#process.stdin?.end()
    return await this.#exited
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  get latest(): FanoutState | undefined {
    return this.seen.at(-1)
  }

  get flows(): FanoutState['flows'] {
    return this.seen.flatMap(({ flows }) => flows)
  }

  get gaps(): CoverageGap[] {
    return this.seen.flatMap(({ gaps }) => gaps)
  }

  /** A number of all lines together. */
  sum(key: 'captured' | 'drops'): number {
    return this.seen.reduce((total, state) => total + state[key], 0)
  }
}

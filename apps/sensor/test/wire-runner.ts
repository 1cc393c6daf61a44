import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CoverageGap, Flow, Interface, InterfaceSample } from '@picket/proto'
import { COMPILED_FOLDER } from '../src/compile-cache.ts'
import type { Observation } from '../src/observation.ts'
import { eventually } from './eventually.ts'
import type { NetworkNamespace } from './network-namespace.ts'

const RUNNER = fileURLToPath(new URL('wire-main.ts', import.meta.url))

/** Modules that were stripped of their types once need not be again: a second of every start, and of every thread. */
const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED_FOLDER }

/** `wire-main.ts` in a namespace, and everything it has told so far. */
export class WireRunner {
  readonly seen: Observation[] = []
  readonly process: ChildProcess
  readonly #exited: Promise<unknown[]>

  /** `settings` as `wire-main.ts` takes them. */
  constructor(namespace: NetworkNamespace, settings: object = {}) {
    const args = namespace.within(process.execPath, RUNNER, JSON.stringify(settings))
    this.process = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    this.#exited = once(this.process, 'exit')
    if (this.process.stdout) {
      createInterface({ input: this.process.stdout }).on('line', (line) => this.seen.push(JSON.parse(line)))
    }
  }

  async ready(): Promise<void> {
    await eventually('the first observation', () => this.seen.length > 0, 30_000)
  }

  /** Ends it in order; what it hands on at last is seen then. Gives code and signal. */
  async stop(): Promise<unknown[]> {
    this.process.kill('SIGTERM')
    return await this.#exited
  }

  kill(): void {
    this.process.kill('SIGKILL')
  }

  get flows(): Flow[] {
    return this.seen.flatMap(({ flows }) => flows)
  }

  gapsOf(name: string): CoverageGap[] {
    return this.seen.flatMap(({ coverageGaps }) => coverageGaps).filter((gap) => gap.interface === name)
  }

  samplesOf(name: string): InterfaceSample[] {
    return this.seen.flatMap(({ interfaceSamples }) => interfaceSamples).filter((one) => one.interface === name)
  }

  /** The last that was told of an interface. */
  latest(name: string): Interface | undefined {
    return this.seen.flatMap(({ interfaces }) => interfaces).findLast((one) => one.name === name)
  }

  /** Packets of flows, by interface and the end with the smaller port: `near0 5000: 3`. */
  packetsByPort(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const flow of this.flows) {
      const name = `${flow.interface} ${Math.min(flow.sourcePort, flow.destinationPort)}`
      counts[name] = (counts[name] ?? 0) + (flow.forward?.packets ?? 0) + (flow.reverse?.packets ?? 0)
    }
    return counts
  }
}

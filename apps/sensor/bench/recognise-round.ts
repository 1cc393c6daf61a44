import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface RecogniseRound {
  packets: number
  flows: number
  recognised: number
  /** CPU time of the whole process, and of the thread that meters. */
  seconds: number
  threadSeconds: number
}

const METER = fileURLToPath(new URL('./recognise-meter.ts', import.meta.url))

/** A process that meters a capture again and again, as often as it is asked; V8 collects garbage in the metering thread alone. */
export class RecogniseMeter {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  /** `compiled` is where modules are kept, stripped of their types and compiled. */
  constructor(path: string, compiled: string) {
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled }
    this.#process = spawn(process.execPath, ['--single-threaded-gc', METER, path], { env })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  async round(): Promise<RecogniseRound> {
    this.#process.stdin.write('\n')
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the process that meters ended')
    return JSON.parse(value) as RecogniseRound
  }

  async stop(): Promise<void> {
    this.#process.stdin.end()
    await this.#lines.next()
  }
}

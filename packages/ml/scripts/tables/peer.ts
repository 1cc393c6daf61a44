import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { LabelledRows } from '../../src/dataset/labelled-rows.ts'

export type PeerJob =
  | { task: 'random-forest'; seed: number; minLeafRows: number; classWeights?: 'balanced'; classes: number }
  | { task: 'isolation-forest'; seed: number; sampleSize: number }

const SCRIPT = fileURLToPath(new URL('./peer.py', import.meta.url))

/** scikit-learn on the same rows, in one process for all tables. */
export class Peer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'picket-tables-'))
  readonly #python: ChildProcessByStdio<Writable, Readable, null>
  readonly #replies: Interface
  /** Rejects when the process ends, which it may only do after `close`. */
  readonly #ended: Promise<never>

  private constructor(python: string) {
    this.#python = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#replies = createInterface(this.#python.stdout)
    this.#ended = once(this.#python, 'exit').then(([code]) => {
      throw new Error(`peer.py ended with code ${code}`)
    })
    this.#ended.catch(() => undefined)
  }

  /** Undefined, with the reason on stderr, where no Python here has scikit-learn. */
  static open(): Peer | undefined {
    const python = ['/usr/bin/python3', 'python3'].find(
      (name) => spawnSync(name, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0,
    )
    if (python) return new Peer(python)
    process.stderr.write('skipped: no scikit-learn to compare with (Debian: python3-sklearn)\n')
    return undefined
  }

  /** Probabilities of the test rows, row-major; of an isolation forest the scores of the training rows, then of the test rows. */
  async run(job: PeerJob, training: LabelledRows, test: LabelledRows): Promise<Float32Array> {
    writeFileSync(join(this.#folder, 'training'), training.rows)
    writeFileSync(join(this.#folder, 'labels'), training.labels)
    writeFileSync(join(this.#folder, 'test'), test.rows)
    const request = { ...job, folder: this.#folder, columns: training.featureNames.length }
    const reply = once(this.#replies, 'line')
    this.#python.stdin.write(`${JSON.stringify(request)}\n`)
    await Promise.race([reply, this.#ended])
    const bytes = readFileSync(join(this.#folder, 'answer'))
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  }

  close(): void {
    this.#python.stdin.end()
    rmSync(this.#folder, { recursive: true })
  }
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cost } from './cost.ts'
import { CLASSES, COLUMNS, type GeneratedRows } from './generated-rows.ts'

export interface PeerResult {
  version: string
  fit: Cost
  score?: Cost
  auc?: number
  /** Of the held rows, row-major. */
  probabilities?: Float32Array
}

export interface PeerSettings {
  task: 'random-forest' | 'isolation-forest'
  trees: number
  threads: number
  seed: number
}

const SCRIPT = fileURLToPath(new URL('./peer.py', import.meta.url))

/** scikit-learn at the same work, in a process a run. */
export class Peer {
  readonly #python: string
  readonly #folder: string

  private constructor(python: string, folder: string) {
    this.#python = python
    this.#folder = folder
  }

  /** Writes the rows where the peer reads them; undefined, with the reason on stderr, where no Python here has scikit-learn. */
  static open(training: GeneratedRows, held: GeneratedRows): Peer | undefined {
    const python = ['/usr/bin/python3', 'python3'].find(
      (name) => spawnSync(name, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0,
    )
    if (!python) {
      process.stderr.write('skipped: no scikit-learn to compare with (Debian: python3-sklearn)\n')
      return undefined
    }
    const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
    writeFileSync(join(folder, 'rows'), training.rows)
    writeFileSync(join(folder, 'labels'), training.labels)
    writeFileSync(join(folder, 'held-rows'), held.rows)
    writeFileSync(join(folder, 'held-labels'), held.labels)
    return new Peer(python, folder)
  }

  run(settings: PeerSettings): PeerResult {
    const argument = JSON.stringify({ ...settings, folder: this.#folder, columns: COLUMNS, classes: CLASSES })
    const { status, stdout } = spawnSync(this.#python, [SCRIPT, argument], { stdio: ['ignore', 'pipe', 'inherit'] })
    if (status !== 0) throw new Error(`peer.py ended with code ${status}`)
    const result = JSON.parse(stdout.toString()) as PeerResult
    if (settings.task === 'isolation-forest') return result
    const bytes = readFileSync(join(this.#folder, 'probabilities'))
    return { ...result, probabilities: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COLUMNS, type GeneratedRows } from './generated-rows.ts'

export interface Cost {
  seconds: number
  /** Of all threads together: what counts where other work shares the cores. */
  cpu_seconds: number
}

export interface PeerResult {
  version: string
  fit: Cost
  score?: Cost
  accuracy?: number
  auc?: number
}

const SCRIPT = fileURLToPath(new URL('./peer.py', import.meta.url))

/** scikit-learn at the same work; undefined, with the reason on stderr, where no Python here has it. */
export function runPeer(
  settings: { task: 'random-forest' | 'isolation-forest'; trees: number; threads: number },
  training: GeneratedRows,
  held: GeneratedRows,
): PeerResult | undefined {
  const python = ['/usr/bin/python3', 'python3'].find(
    (name) => spawnSync(name, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0,
  )
  if (!python) {
    process.stderr.write('skipped: no scikit-learn to compare with (Debian: python3-sklearn)\n')
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
  try {
    writeFileSync(join(folder, 'rows'), training.rows)
    writeFileSync(join(folder, 'labels'), training.labels)
    writeFileSync(join(folder, 'held-rows'), held.rows)
    writeFileSync(join(folder, 'held-labels'), held.labels)
    const argument = JSON.stringify({ ...settings, folder, columns: COLUMNS })
    const { status, stdout } = spawnSync(python, [SCRIPT, argument], { stdio: ['ignore', 'pipe', 'inherit'] })
    if (status !== 0) throw new Error(`peer.py ended with code ${status}`)
    return JSON.parse(stdout.toString()) as PeerResult
  } finally {
    rmSync(folder, { recursive: true })
  }
}

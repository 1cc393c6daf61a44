import type { Split } from './labelled-flow.ts'

/** Different rows remembered at once; about 30 MB. */
const MAX_ENTRIES = 131_072

interface Entry {
  rows: number
  label: string
  isConflicting: boolean
  isTrain: boolean
  isTest: boolean
}

export interface DuplicateReport {
  /** Rows whose features and label another row has too, less one of each. */
  duplicates: number
  /** Different rows of features that were seen with more than one label. */
  conflicting: number
  /** Different rows that lie in both splits. */
  inBothSplits: number
  /** Share of the different rows that were looked at; the numbers are scaled up from it. 1 is exact. */
  sampled: number
}

/**
 * Counts equal rows in bounded memory: rows are told apart by a 53-bit hash, and when there are too many only every second, fourth,
 * ... hash is followed further (adaptive sampling, Flajolet 1990). A hash is followed from its first row or never.
 */
export class DuplicateSketch {
  readonly #entries = new Map<number, Entry>()
  #level = 0

  add(features: Float64Array, label: string, split: Split): void {
    const hash = hashOf(features)
    if (hash % 2 ** this.#level !== 0) return
    let entry = this.#entries.get(hash)
    if (!entry) {
      entry = { rows: 0, label, isConflicting: false, isTrain: false, isTest: false }
      this.#entries.set(hash, entry)
    }
    entry.rows++
    if (entry.label !== label) entry.isConflicting = true
    if (split === 'train') entry.isTrain = true
    else entry.isTest = true
    while (this.#entries.size > MAX_ENTRIES) this.#thin()
  }

  report(): DuplicateReport {
    const scale = 2 ** this.#level
    const report = { duplicates: 0, conflicting: 0, inBothSplits: 0, sampled: 1 / scale }
    for (const { rows, isConflicting, isTrain, isTest } of this.#entries.values()) {
      report.duplicates += (rows - 1) * scale
      if (isConflicting) report.conflicting += scale
      if (isTrain && isTest) report.inBothSplits += scale
    }
    return report
  }

  #thin(): void {
    this.#level++
    for (const hash of this.#entries.keys()) if (hash % 2 ** this.#level !== 0) this.#entries.delete(hash)
  }
}

/** Two 32-bit FNV-1a hashes over the float32 bytes, together 53 bits. */
function hashOf(features: Float64Array): number {
  const bytes = new Uint8Array(Float32Array.from(features).buffer)
  let low = 0x811c9dc5
  let high = 0x01000193
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x85ebca6b) ^ (high >>> 13)
  }
  return ((high >>> 0) % 2 ** 21) * 2 ** 32 + ((low ^ (low >>> 15)) >>> 0)
}

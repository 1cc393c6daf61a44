import { closeSync, existsSync, futimesSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CoverageGap } from '@picket/proto'
import type { Stage } from './observation.ts'

export interface LifeRecordOptions {
  readonly folder: string
  /** Microseconds since the epoch. */
  readonly nowUs: () => number
  readonly onGap: (gap: CoverageGap) => void
}

const MARK_EVERY_MS = 5000

/**
 * Makes the time in which no sensor ran a coverage gap. While it runs, the file `alive` in the state folder is touched; a
 * stop renames it to `stopped`. The next start finds one or the other, and its time of change. Nothing is in the files, so
 * nothing in them can be damaged.
 */
export class LifeRecord implements Stage {
  readonly #options: LifeRecordOptions
  readonly #alive: string
  readonly #stopped: string
  #file: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: LifeRecordOptions) {
    this.#options = options
    this.#alive = join(options.folder, 'alive')
    this.#stopped = join(options.folder, 'stopped')
  }

  start(): Promise<void> {
    if (this.#timer !== undefined) return Promise.resolve()
    this.#report()
    this.#begin()
    this.#timer = setInterval(() => this.#mark(), MARK_EVERY_MS)
    return Promise.resolve()
  }

  stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    if (this.#file === undefined) return Promise.resolve()
    this.#mark()
    closeSync(this.#file)
    this.#file = undefined
    renameIfPossible(this.#alive, this.#stopped)
    return Promise.resolve()
  }

  /** Forgets when a sensor last ran here, after `stop`: another one's gap begins with itself. */
  erase(): void {
    rmSync(this.#stopped, { force: true })
  }

  /** A disk that takes nothing keeps the older file: the next gap then begins earlier, never later. */
  #begin(): void {
    try {
      this.#file = openSync(this.#alive, 'a', 0o600)
      rmSync(this.#stopped, { force: true })
    } catch {
      return
    }
    this.#mark()
  }

  #report(): void {
    const { nowUs, onGap } = this.#options
    const crashed = existsSync(this.#alive)
    const lastUs = changedUs(crashed ? this.#alive : this.#stopped)
    const endUs = nowUs()
    // A clock that was set back leaves nothing to tell.
    if (lastUs === undefined || lastUs >= endUs) return
    const cause = crashed ? 'sensor-killed' : 'sensor-stopped'
    onGap({ source: 'sensor', interface: '', cause, startUs: lastUs, endUs, packets: 0, flows: 0, octets: 0 })
  }

  /** A disk that takes no more leaves the older mark: the next gap then begins earlier, never later. */
  #mark(): void {
    const seconds = this.#options.nowUs() / 1e6
    try {
      if (this.#file !== undefined) futimesSync(this.#file, seconds, seconds)
    } catch {
      return
    }
  }
}

function changedUs(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && Math.round(found.mtimeMs * 1000)
}

function renameIfPossible(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    return
  }
}

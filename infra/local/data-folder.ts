import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StartError } from './start-error.ts'

/** Raised when the layout of the data folder changes so that older releases cannot use it. */
const FORMAT = 1

/** The folder that holds everything a fleet on this host keeps; one running instance each. */
export class DataFolder {
  readonly path: string
  readonly logs: string
  readonly redis: string
  readonly database: string
  readonly collector: string
  readonly secrets: string
  readonly #lock: string
  #isHeld = false

  constructor(path: string) {
    this.path = path
    this.logs = join(path, 'logs')
    this.redis = join(path, 'redis')
    this.database = join(path, 'db')
    this.collector = join(path, 'collector')
    this.secrets = join(path, 'secrets')
    this.#lock = join(path, 'lock')
  }

  /** State folder of the n-th sensor, counted from 1. */
  sensor(n: number): string {
    return join(this.path, n === 1 ? 'sensor' : `sensor-${n}`)
  }

  /** Creates the folders and takes the lock; throws StartError for a folder that is newer, in use or not writable. */
  open(): void {
    try {
      makeFolder(this.path)
      this.#checkFormat()
      this.#takeLock()
    } catch (error) {
      if (error instanceof StartError) throw error
      throw new StartError(
        `the data folder ${this.path} cannot be used: ${(error as Error).message}`,
        'make it a folder that you can write to, or choose another with --data DIR',
      )
    }
    for (const folder of [this.logs, this.redis, this.database, this.collector]) mkdirSync(folder, { recursive: true })
    mkdirSync(this.secrets, { recursive: true, mode: 0o700 })
    chmodSync(this.secrets, 0o700)
  }

  /** Gives the lock back. */
  close(): void {
    if (this.#isHeld) rmSync(this.#lock, { force: true })
    this.#isHeld = false
  }

  /** A generated secret of 32 random bytes, made once and kept readable by its owner only. */
  secret(name: string): string {
    const file = join(this.secrets, name)
    if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
    return readFileSync(file, 'utf8').trim()
  }

  #checkFormat(): void {
    const file = join(this.path, 'format')
    if (!existsSync(file)) {
      writeFileSync(file, `${FORMAT}\n`)
      return
    }
    const found = Number(readFileSync(file, 'utf8'))
    if (found <= FORMAT) return
    throw new StartError(
      `the data folder ${this.path} was written by a newer Picket (format ${found}, this one knows ${FORMAT})`,
      'start it with that newer Picket, or choose another folder with --data DIR',
    )
  }

  /** The lock names a process and when it began, so that a lock left by a machine that lost power holds nobody up. */
  #takeLock(): void {
    const mine = `${this.#lock}.${process.pid}`
    writeFileSync(mine, ownLock())
    try {
      for (let tries = 0; tries < 3; tries++) {
        try {
          linkSync(mine, this.#lock)
          this.#isHeld = true
          return
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        }
        const holder = readLock(this.#lock)
        if (holder && isRunning(holder)) break
        rmSync(this.#lock, { force: true })
      }
    } finally {
      rmSync(mine, { force: true })
    }
    const pid = readLock(this.#lock)?.split(' ')[0] ?? 'unknown'
    throw new StartError(
      `another Picket already runs on the data folder ${this.path} (process ${pid})`,
      'use that one, stop it first, or choose another folder with --data DIR',
    )
  }
}

const ownLock = () => `${process.pid} ${beganAt(process.pid)}`

function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}

function isRunning(lock: string): boolean {
  const [pid = '', began] = lock.split(' ')
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return beganAt(Number(pid)) === began
}

/** When a process began, in clock ticks since boot with the boot's id; the same word for all where /proc is missing. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`
  } catch {
    return 'unknown'
  }
}

/**
 * Makes a folder and its missing parents, one after another. Node 24's recursive mkdir never returns where the kernel
 * answers ENOENT although the parent is there, as under /proc.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EngineStartError } from './engine-start-error.ts'

/** Layout of a data folder. Raised when an older Picket could not use a folder written by a newer one. */
export const DATA_FORMAT = 1

const VERSION_FILE = 'version.json'
const LOCK_FILE = 'lock'

/** What the version file says. */
interface DataVersion {
  format: number
  postgres: string
  timescaledb: string
}

/** A data folder held by this process alone until `release`. */
export interface DataFolder {
  /** Where the database cluster lies. */
  cluster: string
  /** Whether the folder held no database before. */
  fresh: boolean
  /** Writes the version file, whole or not at all. */
  writeVersion(version: Omit<DataVersion, 'format'>): void
  release(): void
}

/**
 * Takes a data folder, making it when it is not there. Throws `EngineStartError` when another process has it, when a
 * newer Picket wrote it, or when it cannot be written.
 */
export function openDataFolder(folder: string): DataFolder {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new EngineStartError(`data folder ${folder}: cannot be made (${(error as Error).message})`)
  }
  const lock = lockFolder(folder)
  try {
    const version = readVersion(folder)
    if (version && version.format > DATA_FORMAT) {
      throw new EngineStartError(
        `data folder ${folder}: written by a newer Picket (format ${version.format}, this one reads up to ${DATA_FORMAT}); update Picket or choose another folder`,
      )
    }
    return {
      cluster: join(folder, 'cluster'),
      fresh: version === undefined,
      writeVersion: (found) => writeVersion(folder, { format: DATA_FORMAT, ...found }),
      release: () => lock.close(),
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

/**
 * An exclusive SQLite transaction on a file of its own: a lock of the kernel, so it ends with the process however that
 * dies, needs no process numbers (which mean nothing between containers), and works on every system Node runs on.
 */
function lockFolder(folder: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    const { message } = error as Error
    const reason = message.includes('locked') ? 'another process is using it; stop that one first' : message
    throw new EngineStartError(`data folder ${folder}: ${reason}`)
  }
}

function readVersion(folder: string): DataVersion | undefined {
  let text: string
  try {
    text = readFileSync(join(folder, VERSION_FILE), 'utf8')
  } catch {
    return undefined
  }
  try {
    const version = JSON.parse(text) as DataVersion
    if (Number.isInteger(version.format)) return version
  } catch {
    // Falls through: not JSON is as unreadable as JSON without a format.
  }
  throw new EngineStartError(
    `data folder ${folder}: ${VERSION_FILE} is not readable; restore it or choose another folder`,
  )
}

function writeVersion(folder: string, version: DataVersion): void {
  const file = join(folder, VERSION_FILE)
  writeFileSync(`${file}.new`, `${JSON.stringify(version)}\n`, { flush: true })
  renameSync(`${file}.new`, file)
}

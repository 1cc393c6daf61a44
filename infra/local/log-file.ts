import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

const KEPT_LINES = 20

/** A log file that moves aside to `NAME.1` when it has grown to `maxBytes`, so a process keeps at most twice that. */
export class LogFile {
  readonly path: string
  readonly #maxBytes: number
  #descriptor: number
  #size: number
  #lastLines: string[] = []

  constructor(path: string, maxBytes = 16 * 1024 * 1024) {
    this.path = path
    this.#maxBytes = maxBytes
    this.#descriptor = openSync(path, 'a', 0o600)
    this.#size = fstatSync(this.#descriptor).size
  }

  /** The last lines written, oldest first. */
  get lastLines(): readonly string[] {
    return this.#lastLines
  }

  write(line: string): void {
    if (this.#descriptor < 0) return
    const bytes = Buffer.from(`${line}\n`)
    if (this.#size + bytes.length > this.#maxBytes) this.#rotate()
    writeSync(this.#descriptor, bytes)
    this.#size += bytes.length
    this.#lastLines.push(line)
    if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift()
  }

  /** Idempotent; what is written afterwards is dropped. */
  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
  }

  #rotate(): void {
    closeSync(this.#descriptor)
    renameSync(this.path, `${this.path}.1`)
    this.#descriptor = openSync(this.path, 'a', 0o600)
    this.#size = 0
  }
}

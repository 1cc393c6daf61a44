import type { Writable } from 'node:stream'

/**
 * Writes NDJSON to standard output, waiting when the reader is slow. A reader that goes away (`| head`) is no error:
 * `isClosed` turns true and writing does nothing.
 */
export class LineWriter {
  isClosed = false
  readonly #stream: Writable
  #pending = ''

  constructor(stream: Writable = process.stdout) {
    this.#stream = stream
    stream.on('error', () => {
      this.isClosed = true
    })
  }

  /** Buffers a line; `flush` writes. */
  add(value: unknown): void {
    this.#pending += `${JSON.stringify(value)}\n`
  }

  get pendingLength(): number {
    return this.#pending.length
  }

  async flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    if (text === '' || this.isClosed) return
    // Called when the text has left this process, or never will: then `error` has told.
    await new Promise<void>((resolve) => this.#stream.write(text, () => resolve()))
  }
}

import { join } from 'node:path'
import { writeAtomically } from './atomic-file.ts'
import type { Stage } from './observation.ts'

const SAVE_EVERY_MS = 15 * 60_000

/** Where what was learned lies, and whom to tell what went wrong with it. */
export interface LearnedOptions {
  readonly folder: string
  /** What was kept cannot be used: it is learned anew. */
  readonly onRefused: (file: string, error: unknown) => void
  /** A disk that takes no more costs what was learned since the last time, no scores. */
  readonly onFailure: (error: unknown) => void
}

/** Keeps what was learned over a restart: written every quarter of an hour and at the end, whole or not at all. */
export class LearnedFile implements Stage {
  readonly #path: string
  readonly #encode: () => string | Uint8Array | Promise<Uint8Array>
  readonly #onFailure: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined

  constructor(
    { folder, onFailure }: Pick<LearnedOptions, 'folder' | 'onFailure'>,
    file: string,
    encode: () => string | Uint8Array | Promise<Uint8Array>,
  ) {
    this.#path = join(folder, file)
    this.#encode = encode
    this.#onFailure = onFailure
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#save(), SAVE_EVERY_MS)
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#save()
  }

  async #save(): Promise<void> {
    try {
      await writeAtomically(this.#path, await this.#encode())
    } catch (error) {
      this.#onFailure(error)
    }
  }
}

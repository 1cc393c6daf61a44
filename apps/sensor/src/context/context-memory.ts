import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../atomic-file.ts'
import type { Stage } from '../observation.ts'
import { decodeContext, encodeContext } from './context-file.ts'
import { ContextScorer } from './context-scorer.ts'

const FILE = 'context-memory.bin'
const SAVE_EVERY_MS = 15 * 60_000
/** More than the sketches can come to: another file is not even read. */
const MOST_OCTETS = 8 * 2 ** 20

export interface ContextMemoryOptions {
  readonly folder: string
  /** What was kept cannot be used: it is learned anew. */
  readonly onRefused: (file: string, error: unknown) => void
  /** A disk that takes no more costs what was learned since the last time, no scores. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Keeps what the context has learned over a restart, so that a host's old habits do not look new: written every quarter of an hour and at
 * the end, at most some 2 MiB.
 */
export class ContextMemory implements Stage {
  readonly context: ContextScorer
  readonly #options: ContextMemoryOptions
  #timer: NodeJS.Timeout | undefined

  private constructor(options: ContextMemoryOptions, context: ContextScorer) {
    this.#options = options
    this.context = context
  }

  /** With what was learned before, or with nothing where there is no file or it is refused. */
  static async load(options: ContextMemoryOptions): Promise<ContextMemory> {
    const path = join(options.folder, FILE)
    try {
      const { size } = await stat(path)
      if (size > MOST_OCTETS) throw new RangeError(`${size} octets, more than the ${MOST_OCTETS} it may have`)
      return new ContextMemory(options, await decodeContext(await readFile(path)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') options.onRefused(FILE, error)
      return new ContextMemory(options, new ContextScorer())
    }
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
      await writeAtomically(join(this.#options.folder, FILE), await encodeContext(this.context))
    } catch (error) {
      this.#options.onFailure(error)
    }
  }
}

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LearnedFile, type LearnedOptions } from '../learned-file.ts'
import type { Stage } from '../observation.ts'
import { decodeContext, encodeContext } from './context-file.ts'
import { ContextScorer } from './context-scorer.ts'

const FILE = 'context-memory.bin'
/** More than the sketches can come to: another file is not even read. */
const MOST_OCTETS = 8 * 2 ** 20

/**
 * Keeps what the context has learned over a restart, so that a host's old habits do not look new: written every quarter of an hour and at
 * the end, at most some 2 MiB.
 */
export class ContextMemory implements Stage {
  readonly context: ContextScorer
  readonly #file: LearnedFile

  private constructor(options: LearnedOptions, context: ContextScorer) {
    this.context = context
    this.#file = new LearnedFile(options, FILE, () => encodeContext(context))
  }

  /** With what was learned before, or with nothing where there is no file or it is refused. */
  static async load(options: LearnedOptions): Promise<ContextMemory> {
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
    return this.#file.start()
  }

  stop(): Promise<void> {
    return this.#file.stop()
  }
}

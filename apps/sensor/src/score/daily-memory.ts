import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { LearnedFile, type LearnedOptions } from '../learned-file.ts'
import type { Stage } from '../observation.ts'
import { DailyThreshold, MAX_INTERFACES } from './daily-threshold.ts'
import { storedSketch } from './stored-sketch.ts'

const FILE = 'daily-threshold.json'
/** Twice what the sketches of all interfaces can come to: another file is not even read. */
const MOST_OCTETS = 2 * 2 ** 20

const stored = z.object({
  modelId: z.string(),
  interfaces: z
    .array(
      z.tuple([z.string(), z.object({ flows: z.number().min(0), spanUs: z.number().min(0), sketch: storedSketch })]),
    )
    .max(MAX_INTERFACES),
})

/** Keeps over a restart what the thresholds of so many a day are solved from, so that a sensor that begins again is not quiet again. */
export class DailyMemory implements Stage {
  readonly daily: DailyThreshold
  readonly #file: LearnedFile

  private constructor(options: LearnedOptions, daily: DailyThreshold) {
    this.daily = daily
    this.#file = new LearnedFile(options, FILE, () => JSON.stringify(daily.store()))
  }

  /** With what was learned before, or with nothing where there is no file or it is refused. */
  static async load(options: LearnedOptions): Promise<DailyMemory> {
    const daily = new DailyThreshold()
    const path = join(options.folder, FILE)
    try {
      const { size } = await stat(path)
      if (size > MOST_OCTETS) throw new RangeError(`${size} octets, more than the ${MOST_OCTETS} it may have`)
      const kept = stored.safeParse(JSON.parse(await readFile(path, 'utf8')))
      if (!kept.success) throw new RangeError('the thresholds are not in their shape')
      daily.restore(kept.data)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') options.onRefused(FILE, error)
    }
    return new DailyMemory(options, daily)
  }

  start(): Promise<void> {
    return this.#file.start()
  }

  stop(): Promise<void> {
    return this.#file.stop()
  }
}

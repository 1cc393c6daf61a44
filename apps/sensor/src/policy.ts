import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Policy } from '@picket/proto'
import { z } from 'zod'
import { writeAtomically } from './atomic-file.ts'
import { DETECTOR_DEFAULTS } from './detect/detectors.ts'

const settings = z.object({
  idleTimeoutMs: z.number().positive().default(30_000),
  activeTimeoutMs: z.number().positive().default(60_000),
  anomalyThreshold: z.number().positive().max(1).default(DETECTOR_DEFAULTS.anomalyThreshold),
  anomaliesADay: z.number().min(0).default(0),
  scanThreshold: z.number().positive().default(DETECTOR_DEFAULTS.scanThreshold),
  healthTargets: z.array(z.string()).default([]),
  excludedInterfaces: z.array(z.string()).default([]),
})

/** A policy with every gap filled by the sensor's own configuration. */
export type SensorSettings = z.infer<typeof settings>

/** Fills what a policy leaves out, and what it says that makes no sense, from the sensor's own configuration. */
export function toSettings(policy: Partial<Policy>): SensorSettings {
  const sensible = Object.entries(settings.shape).filter(
    ([name, field]) => field.safeParse(policy[name as keyof Policy]).success,
  )
  return settings.parse(Object.fromEntries(sensible.map(([name]) => [name, policy[name as keyof Policy]])))
}

const fileIn = (folder: string) => join(folder, 'settings.json')

/**
 * The settings in force: those of the last policy, kept in the state folder, so that a start without the collector
 * goes by them too.
 */
export class PolicyKeeper {
  readonly #folder: string
  readonly #onChange: (settings: SensorSettings) => void
  #settings: SensorSettings

  constructor(folder: string, initial: SensorSettings, onChange: (settings: SensorSettings) => void) {
    this.#folder = folder
    this.#settings = initial
    this.#onChange = onChange
  }

  static async load(folder: string): Promise<SensorSettings> {
    try {
      return settings.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')))
    } catch {
      return toSettings({})
    }
  }

  /** Takes a policy into force at once; fails only where it cannot be kept. */
  async apply(policy: Policy): Promise<void> {
    const before = this.#settings
    this.#settings = toSettings(policy)
    if (JSON.stringify(before) === JSON.stringify(this.#settings)) return
    this.#onChange(this.#settings)
    await writeAtomically(fileIn(this.#folder), `${JSON.stringify(this.#settings, null, 2)}\n`)
  }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Policy } from '@picket/proto'
import { z } from 'zod'
import { writeAtomically } from './atomic-file.ts'

/** What a sensor goes by until a policy says otherwise. */
export const defaultSettings = {
  idleTimeoutMs: 30_000,
  activeTimeoutMs: 60_000,
  anomalyThreshold: 0.99,
  scanThreshold: 20,
  healthTargets: [] as string[],
  excludedInterfaces: [] as string[],
}

/** A policy with every gap filled by the sensor's own configuration. */
export type SensorSettings = typeof defaultSettings

const storedSettings = z.object({
  idleTimeoutMs: z.number().positive(),
  activeTimeoutMs: z.number().positive(),
  anomalyThreshold: z.number().min(0).max(1),
  scanThreshold: z.number().positive(),
  healthTargets: z.array(z.string()),
  excludedInterfaces: z.array(z.string()),
})

/** Fills what a policy leaves out, and what it says that makes no sense, from the defaults. */
export function toSettings(policy: Policy): SensorSettings {
  const orDefault = <K extends 'idleTimeoutMs' | 'activeTimeoutMs' | 'anomalyThreshold' | 'scanThreshold'>(name: K) => {
    const value = policy[name]
    return value !== undefined && value > 0 ? value : defaultSettings[name]
  }
  return {
    idleTimeoutMs: orDefault('idleTimeoutMs'),
    activeTimeoutMs: orDefault('activeTimeoutMs'),
    anomalyThreshold: Math.min(1, orDefault('anomalyThreshold')),
    scanThreshold: orDefault('scanThreshold'),
    healthTargets: policy.healthTargets,
    excludedInterfaces: policy.excludedInterfaces,
  }
}

const fileIn = (folder: string) => join(folder, 'settings.json')

/** The settings of the last policy, so that a start without the collector goes by them. */
export async function loadSettings(folder: string): Promise<SensorSettings> {
  try {
    return storedSettings.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')))
  } catch {
    return defaultSettings
  }
}

export async function saveSettings(folder: string, settings: SensorSettings): Promise<void> {
  await writeAtomically(fileIn(folder), `${JSON.stringify(settings, null, 2)}\n`)
}

import { z } from 'zod'
import type { Settings } from '../types/settings.ts'

const days = (fallback: number, max = 3650) => z.number().int().min(1).max(max).default(fallback)
const share = (fallback: number) => z.number().gt(0).max(1).default(fallback)

/** Days rows are kept; the bounds keep an aggregate at least as long as what it is made of. */
const retentionSchema = z
  .object({
    flows: days(30),
    interfaceSamples: days(14),
    hostSamples: days(14),
    healthSamples: days(30),
    findings: days(180),
    coverageGaps: days(180),
    minutes: days(90),
    hours: days(730),
  })
  .refine((kept) => kept.minutes <= kept.hours, {
    path: ['minutes'],
    error: 'minutes cannot be kept longer than hours',
  })

const healthTarget = z
  .string()
  .trim()
  .regex(/^[a-z0-9.:[\]_-]{1,253}$/i, 'expected an address or host:port')

/** What settings may be, with the value of each that was never set. */
export const settingsSchema: z.ZodType<Settings> = z.object({
  retentionDays: retentionSchema.prefault({}),
  scanThreshold: z.number().int().min(2).max(65_535).default(25),
  anomalyThreshold: share(0.99),
  anomaliesADay: z.number().int().min(0).max(100_000).default(0),
  saturationShare: share(0.9),
  silentAfterSeconds: z.number().int().min(5).max(86_400).default(30),
  idleTimeoutMs: z.number().int().min(1000).max(3_600_000).default(30_000),
  activeTimeoutMs: z.number().int().min(1000).max(86_400_000).default(60_000),
  healthTargets: z.array(healthTarget).max(32).default([]),
  excludedInterfaces: z.array(z.string().trim().min(1).max(64)).max(256).default([]),
})

/** Settings nobody has changed. */
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})

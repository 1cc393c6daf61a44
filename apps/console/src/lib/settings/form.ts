import type { Settings, SettingsPatch } from '@picket/store'
import { z } from 'zod'
import { parseAddress } from '../flows/address.ts'
import { anomaliesADay, anomalyThreshold, decimal, whole } from './fields.ts'

const words = (text: string) => [...new Set(text.split(/[\s,]+/).filter(Boolean))]

/** An address, or host:port with a name, an IPv4 address or an IPv6 address in brackets. */
function isTarget(text: string): boolean {
  if (parseAddress(text) !== undefined) return !text.includes('/')
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)):(\d{1,5})$/i.exec(text)
  return (
    match !== null &&
    Number(match[3]) >= 1 &&
    Number(match[3]) <= 65_535 &&
    (!match[1] || parseAddress(match[1]) !== undefined)
  )
}

const targets = z.string().transform((text, context) => {
  const list = words(text)
  const wrong = list.find((target) => !isTarget(target))
  if (wrong) context.addIssue(`“${wrong}” is neither an address nor host:port`)
  if (list.length > 32) context.addIssue('At most 32 targets')
  return list
})

const interfaces = z.string().transform((text, context) => {
  const list = words(text)
  // IFNAMSIZ of Linux allows 15 characters; other systems have longer names.
  const wrong = list.find((name) => name.length > 64 || name.includes('/'))
  if (wrong) context.addIssue(`“${wrong}” is not an interface name`)
  if (list.length > 64) context.addIssue('At most 64 interfaces')
  return list
})

const days = whole(1, 3650)

/** Names of the retention fields, in the order of the form. */
export const RETENTION_FIELDS: readonly { key: keyof Settings['retentionDays']; label: string; hint: string }[] = [
  { key: 'flows', label: 'Flows', hint: 'The largest by far' },
  { key: 'findings', label: 'Findings', hint: 'What detectors saw; alerts stay' },
  { key: 'interfaceSamples', label: 'Interface samples', hint: 'One a second and interface' },
  { key: 'hostSamples', label: 'Host samples', hint: 'CPU, memory, disks' },
  { key: 'healthSamples', label: 'Link health samples', hint: 'Latency and loss' },
  { key: 'coverageGaps', label: 'Coverage gaps', hint: 'What was not seen or not kept' },
  { key: 'minutes', label: 'One-minute aggregates', hint: 'Charts of days' },
  { key: 'hours', label: 'One-hour aggregates', hint: 'Charts of months' },
]

const schema = z.object({
  ...Object.fromEntries(RETENTION_FIELDS.map(({ key }) => [`retention.${key}`, days])),
  scanThreshold: whole(2, 65_535),
  anomalyThreshold,
  anomaliesADay,
  saturationPercent: decimal(1, 100),
  silentAfterSeconds: whole(5, 86_400),
  idleTimeoutSeconds: whole(1, 3_600),
  activeTimeoutSeconds: whole(1, 3_600),
  healthTargets: targets,
  excludedInterfaces: interfaces,
})

/** The settings as the form writes them: every value a text, lists one a line. */
export function settingsToForm(settings: Settings): Record<string, string> {
  return {
    ...Object.fromEntries(RETENTION_FIELDS.map(({ key }) => [`retention.${key}`, String(settings.retentionDays[key])])),
    scanThreshold: String(settings.scanThreshold),
    anomalyThreshold: String(settings.anomalyThreshold),
    anomaliesADay: String(settings.anomaliesADay),
    saturationPercent: String(Number((settings.saturationShare * 100).toFixed(4))),
    silentAfterSeconds: String(settings.silentAfterSeconds),
    idleTimeoutSeconds: String(settings.idleTimeoutMs / 1000),
    activeTimeoutSeconds: String(settings.activeTimeoutMs / 1000),
    healthTargets: settings.healthTargets.join('\n'),
    excludedInterfaces: settings.excludedInterfaces.join('\n'),
  }
}

export type ParsedSettings =
  { ok: true; patch: SettingsPatch } | { ok: false; mistakes: Record<string, string>; values: Record<string, string> }

/** Reads the form; all mistakes at once, by field, with what was typed so that nothing is lost. */
export function parseSettingsForm(form: FormData): ParsedSettings {
  const values = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]))
  const parsed = schema.safeParse(values)
  if (!parsed.success) {
    const mistakes: Record<string, string> = {}
    for (const issue of parsed.error.issues) mistakes[String(issue.path[0])] ??= issue.message
    return { ok: false, mistakes, values }
  }
  const { data } = parsed
  const retention = data as unknown as Record<string, number>
  if (data.activeTimeoutSeconds < data.idleTimeoutSeconds) {
    return { ok: false, mistakes: { activeTimeoutSeconds: 'Not shorter than the idle timeout' }, values }
  }
  if (retention['retention.minutes']! > retention['retention.hours']!) {
    return { ok: false, mistakes: { 'retention.minutes': 'Not longer than the one-hour aggregates' }, values }
  }
  return {
    ok: true,
    patch: {
      retentionDays: Object.fromEntries(RETENTION_FIELDS.map(({ key }) => [key, retention[`retention.${key}`]])),
      scanThreshold: data.scanThreshold,
      anomalyThreshold: data.anomalyThreshold,
      anomaliesADay: data.anomaliesADay,
      saturationShare: data.saturationPercent / 100,
      silentAfterSeconds: data.silentAfterSeconds,
      idleTimeoutMs: data.idleTimeoutSeconds * 1000,
      activeTimeoutMs: data.activeTimeoutSeconds * 1000,
      healthTargets: data.healthTargets,
      excludedInterfaces: data.excludedInterfaces,
    },
  }
}

/** Only what differs from the settings in force, so that what nobody touched keeps following the defaults. */
export function changedSettings(before: Settings, wanted: SettingsPatch): { patch: SettingsPatch; changed: number } {
  const { retentionDays, ...rest } = wanted
  const top = changedEntries(before, rest)
  const days = changedEntries(before.retentionDays, retentionDays ?? {})
  const patch = { ...Object.fromEntries(top), ...(days.length > 0 ? { retentionDays: Object.fromEntries(days) } : {}) }
  return { patch, changed: top.length + days.length }
}

/** Entries of `after` whose value is another than before; lists are compared by what they hold. */
const changedEntries = (before: object, after: object): [string, unknown][] =>
  Object.entries(after).filter(([key, value]) => JSON.stringify((before as never)[key]) !== JSON.stringify(value))

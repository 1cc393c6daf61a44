import type { SettingsRow } from '@picket/store'
import { expect, test } from 'vitest'
import { parseSettingsForm, changedSettings, settingsToForm } from './form.ts'

const settings: SettingsRow = {
  retentionDays: {
    flows: 14,
    interfaceSamples: 7,
    hostSamples: 7,
    healthSamples: 7,
    findings: 90,
    coverageGaps: 90,
    minutes: 90,
    hours: 730,
  },
  scanThreshold: 100,
  anomalyThreshold: 0.99,
  anomaliesADay: 0,
  saturationShare: 0.9,
  silentAfterSeconds: 30,
  idleTimeoutMs: 30_000,
  activeTimeoutMs: 60_000,
  healthTargets: ['192.0.2.1', 'example.org:443', '[2001:db8::1]:53'],
  excludedInterfaces: ['docker0'],
  revision: 3,
  updatedAt: 0,
  updatedBy: 'system',
}

function form(changes: Record<string, string> = {}): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries({ ...settingsToForm(settings), ...changes })) data.set(name, value)
  return data
}

test('settings survive the form', () => {
  const parsed = parseSettingsForm(form())
  expect(parsed.ok && changedSettings(settings, parsed.patch)).toEqual({ patch: {}, changed: 0 })
})

test('only what changed is stored', () => {
  const parsed = parseSettingsForm(form({ 'retention.flows': '30', saturationPercent: '80' }))
  expect(parsed.ok && changedSettings(settings, parsed.patch)).toEqual({
    patch: { retentionDays: { flows: 30 }, saturationShare: 0.8 },
    changed: 2,
  })
})

test('all mistakes are told at once, and nothing typed is lost', () => {
  const parsed = parseSettingsForm(
    form({
      'retention.flows': '0',
      anomalyThreshold: '2',
      idleTimeoutSeconds: 'soon',
      healthTargets: 'example.org',
      excludedInterfaces: 'a/b',
    }),
  )
  expect(parsed.ok).toBe(false)
  if (parsed.ok) return
  expect(Object.keys(parsed.mistakes).sort()).toEqual([
    'anomalyThreshold',
    'excludedInterfaces',
    'healthTargets',
    'idleTimeoutSeconds',
    'retention.flows',
  ])
  expect(parsed.values.idleTimeoutSeconds).toBe('soon')
})

test('the active timeout is not shorter than the idle one', () => {
  const parsed = parseSettingsForm(form({ idleTimeoutSeconds: '90' }))
  expect(!parsed.ok && parsed.mistakes).toEqual({ activeTimeoutSeconds: 'Not shorter than the idle timeout' })
})

test('aggregates of minutes are not kept longer than those of hours', () => {
  const parsed = parseSettingsForm(form({ 'retention.minutes': '800' }))
  expect(!parsed.ok && parsed.mistakes).toEqual({ 'retention.minutes': 'Not longer than the one-hour aggregates' })
})

test('a field that is missing altogether is a mistake', () => {
  const data = form()
  data.delete('scanThreshold')
  const parsed = parseSettingsForm(data)
  expect(!parsed.ok && Object.keys(parsed.mistakes)).toEqual(['scanThreshold'])
})

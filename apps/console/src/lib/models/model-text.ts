import type { JobState, ModelKind, ModelState } from '@picket/store'
import { count, percent } from '../format.ts'

export const KIND_TITLES: Record<ModelKind, string> = {
  'anomaly-forest': 'Anomaly forest',
  'anomaly-autoencoder': 'Anomaly autoencoder',
  'traffic-classifier': 'Traffic classifier',
}

export const KIND_PURPOSE: Record<ModelKind, string> = {
  'anomaly-forest': 'Scores how unusual each flow is',
  'anomaly-autoencoder': 'Scores how unusual each flow is, by how badly it can be rebuilt',
  'traffic-classifier': 'Names what a flow carries where neither protocol nor host name tells',
}

type Tone = 'ok' | 'info' | 'low' | 'medium' | 'high' | 'critical' | 'accent'

export const MODEL_STATES: Record<ModelState, { title: string; tone: Tone; meaning: string }> = {
  candidate: { title: 'Candidate', tone: 'info', meaning: 'Trained, not offered to any sensor' },
  shadow: { title: 'Shadow', tone: 'low', meaning: 'Scores beside the active model without effect' },
  canary: { title: 'Canary', tone: 'medium', meaning: 'In use on some sensors' },
  active: { title: 'Active', tone: 'ok', meaning: 'In use' },
  retired: { title: 'Retired', tone: 'info', meaning: 'Replaced by a later one' },
}

export const JOB_STATES: Record<JobState, { title: string; tone: Tone }> = {
  queued: { title: 'Waiting', tone: 'info' },
  running: { title: 'Running', tone: 'accent' },
  completed: { title: 'Completed', tone: 'ok' },
  failed: { title: 'Failed', tone: 'critical' },
  cancelled: { title: 'Cancelled', tone: 'info' },
}

export const isOver = (state: JobState): boolean => state !== 'queued' && state !== 'running'

/** Metrics people know by a name of their own. */
const METRIC_TITLES: Record<string, string> = {
  auc: 'AUC',
  accuracy: 'Accuracy',
  macroF1: 'Macro F1',
  averagePrecision: 'Average precision',
  f1AtThreshold: 'F1 at threshold',
}

/** Metrics that are shares of 0 to 1 and read best with three decimals. */
const SHARES = /^(auc|accuracy|macroF1|averagePrecision|f1|precision|recall|mean|threshold)/i

const camel = (name: string) => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export function metricTitle(name: string): string {
  const key = camel(name)
  if (METRIC_TITLES[key]) return METRIC_TITLES[key]
  const words = key.replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function metricValue(name: string, value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (/share$/i.test(name)) return percent(value)
  if (SHARES.test(name)) return value.toFixed(3)
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)))
}

/** The metric a model of a kind is judged by, first of those it has. */
const HEADLINES = ['macroF1', 'macro_f1', 'accuracy', 'auc', 'averagePrecision', 'average_precision']

export function headline(metrics: Record<string, number>): { title: string; value: string } | undefined {
  const name = HEADLINES.find((each) => Number.isFinite(metrics[each]))
  return name ? { title: metricTitle(name), value: metricValue(name, metrics[name]!) } : undefined
}

/** Lineage in lines; nested values as JSON. */
export const lineageFacts = (lineage: Record<string, unknown>) =>
  Object.entries(lineage)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => ({
      label: metricTitle(name),
      value: typeof value === 'number' ? metricValue(name, value) : typeof value === 'object' ? JSON.stringify(value) : String(value),
      mono: typeof value === 'object' || /id$|hash/i.test(name),
    }))

/** "All sensors", "3 sensors", "env=prod": whom an offer is for. */
export function rolloutAudience(rollout: { sensorIds: string[]; labels: Record<string, string> }): string {
  if (rollout.sensorIds.length > 0) return rollout.sensorIds.length === 1 ? '1 sensor' : `${rollout.sensorIds.length} sensors`
  const labels = Object.entries(rollout.labels).map(([key, value]) => `${key}=${value}`)
  return labels.length > 0 ? labels.join(' ') : 'All sensors'
}

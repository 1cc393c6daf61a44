import type { FitnessVerdict, JobState, ModelKind, ModelState } from '@picket/store'
import { count, counted, percent } from '../format.ts'

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

/** A model's id where its kind is said already. */
export const idWithinKind = (kind: ModelKind, id: string): string =>
  id.startsWith(`${kind}-`) ? id.slice(kind.length + 1) : id

type Tone = 'ok' | 'info' | 'low' | 'medium' | 'high' | 'critical' | 'accent'

export const MODEL_STATES: Record<ModelState, { title: string; tone: Tone; meaning: string }> = {
  candidate: { title: 'Candidate', tone: 'info', meaning: 'Trained, not offered to any sensor' },
  shadow: { title: 'Shadow', tone: 'low', meaning: 'Scores beside the active model without effect' },
  canary: { title: 'Canary', tone: 'medium', meaning: 'In use on some sensors' },
  active: { title: 'Active', tone: 'ok', meaning: 'In use' },
  retired: { title: 'Retired', tone: 'info', meaning: 'Replaced by a later one' },
  bundled: { title: 'Comes with Picket', tone: 'info', meaning: 'In use where no other model is and this one fits' },
}

export const JOB_STATES: Record<JobState, { title: string; tone: Tone }> = {
  queued: { title: 'Waiting', tone: 'info' },
  running: { title: 'Running', tone: 'accent' },
  completed: { title: 'Completed', tone: 'ok' },
  failed: { title: 'Failed', tone: 'critical' },
  cancelled: { title: 'Cancelled', tone: 'info' },
}

export const JOB_KINDS: Record<string, string> = {
  train: 'Training',
  evaluate: 'Measuring a model',
  backtest: 'Running a model over stored flows',
  import: 'Importing labelled flows',
}

/** What a job is about: kinds of models, a model, or files. */
export function jobSubject({ kind, params }: { kind: string; params: Record<string, unknown> }): string {
  if (kind === 'import') return ((params.files as string[] | undefined) ?? []).join(', ')
  if (typeof params.modelId === 'string') return params.modelId
  const kinds = Array.isArray(params.kinds) ? params.kinds : []
  return kinds.map((each) => KIND_TITLES[each as ModelKind] ?? String(each)).join(', ')
}

/** Verdicts on a model on one host. */
export const FITNESS: Record<FitnessVerdict, { title: string; tone: Tone; meaning: string }> = {
  ready: { title: 'Ready', tone: 'ok', meaning: 'Its traffic is like what the model was trained on' },
  shadow: {
    title: 'Shadow only',
    tone: 'medium',
    meaning: 'Scores apart, without effect, until its traffic is known better',
  },
  refuse: {
    title: 'Refused',
    tone: 'high',
    meaning: 'Its traffic is not what the model was trained on; it is not used there',
  },
}

/** Verdicts on a model beside the one in use. */
export const COMPARISONS: Record<string, { title: string; tone: Tone }> = {
  first: { title: 'First of its kind', tone: 'info' },
  better: { title: 'Better', tone: 'ok' },
  same: { title: 'As good', tone: 'low' },
  worse: { title: 'Worse', tone: 'high' },
}

interface Interval {
  value: number
  low: number
  high: number
}

/** "0.912 (0.897 to 0.925)"; with a sign where it is a difference. */
export function intervalText({ value, low, high }: Interval, isDifference = false): string {
  const text = (figure: number) => `${isDifference && figure >= 0 ? '+' : ''}${figure.toFixed(3)}`
  return `${text(value)} (${text(low)} to ${text(high)})`
}

export const isOver = (state: JobState): boolean => state !== 'queued' && state !== 'running'

/** Words of metric names that are written in capitals. */
const ACRONYMS: Record<string, string> = { auc: 'AUC', f1: 'F1', id: 'ID', sha256: 'SHA-256' }

/** Metrics that are shares of 0 to 1 and read best with three decimals. */
const SHARES = /auc|accuracy|f1|precision|recall|coverage|threshold/i

/** `macro_f1` and `macroF1` read "Macro F1". */
export function metricTitle(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_]+/)
    .map((word) => ACRONYMS[word.toLowerCase()] ?? word.toLowerCase())
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function metricValue(name: string, value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (/share$/i.test(name)) return percent(value)
  if (SHARES.test(name)) return value.toFixed(3)
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)))
}

/** What a model is judged by: the first of these that it has. */
const HEADLINES = [/macro_?f1$/i, /accuracy$/i, /auc$/i, /average_?precision$/i, /false_?alarm_?share$/i]

export function headline(metrics: Record<string, number>): { title: string; value: string } | undefined {
  for (const wanted of HEADLINES) {
    const found = Object.entries(metrics).find(([name, value]) => wanted.test(name) && Number.isFinite(value))
    if (found) return { title: metricTitle(found[0]), value: metricValue(...found) }
  }
  return undefined
}

/** Lineage in lines; nested values as JSON, the job as a link, and nothing that stands elsewhere on the page. */
export const lineageFacts = (lineage: Record<string, unknown>) =>
  Object.entries(lineage)
    .filter(([name, value]) => value !== null && value !== '' && name !== 'requestedBy')
    .map(([name, value]) => ({
      label: name === 'jobId' ? 'Job' : metricTitle(name),
      value:
        typeof value === 'number'
          ? metricValue(name, value)
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value),
      mono: typeof value === 'object' || /id$|hash/i.test(name),
      href: name === 'jobId' ? `/models/jobs/${String(value)}` : undefined,
    }))

/** "All sensors", "3 sensors", "env=prod": whom an offer is for. */
export function rolloutAudience(rollout: { sensorIds: string[]; labels: Record<string, string> }): string {
  if (rollout.sensorIds.length > 0) return counted(rollout.sensorIds.length, 'sensor')
  const labels = Object.entries(rollout.labels).map(([key, value]) => `${key}=${value}`)
  return labels.length > 0 ? labels.join(' ') : 'All sensors'
}

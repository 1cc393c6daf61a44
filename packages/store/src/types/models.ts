import type { Labels } from './common.ts'

export type ModelKind = 'anomaly-forest' | 'anomaly-autoencoder' | 'traffic-classifier'
export type ModelState = 'candidate' | 'shadow' | 'canary' | 'active' | 'retired' | 'bundled'

/** A registered model; its archive lies on disk at `path`. */
export interface ModelRow {
  id: string
  kind: ModelKind
  state: ModelState
  featureSetVersion: number
  featureSetHash: string
  metrics: Record<string, number>
  /** Where it came from: rows, range, seed, job. */
  lineage: Record<string, unknown>
  threshold: number | null
  classes: string[]
  /** Size of the archive in octets. */
  sizeBytes: number
  /** SHA-256 of the archive, hex. */
  sha256: string
  /** Ed25519 signature of the SHA-256, base64. */
  signature: string
  /** Archive file. */
  path: string
  trainedAt: number
  createdAt: number
  createdBy: string
  /** Sensors by what they reported of it. */
  sensors: { downloaded: number; active: number; refused: number; failed: number }
}

export type NewModel = Omit<ModelRow, 'createdAt' | 'sensors' | 'trainedAt' | 'threshold' | 'classes' | 'state'> & {
  trainedAt: number | string | Date
  threshold?: number | null
  classes?: string[]
  state?: ModelState
}

/** An offer of a model to some sensors. */
export interface RolloutRow {
  id: number
  modelId: string
  kind: ModelKind
  stage: 'shadow' | 'canary' | 'all'
  /** Sensors it is for: all of them when empty. */
  sensorIds: string[]
  labels: Labels
  createdBy: string
  createdAt: number
  /** Set when a later rollout of the same kind and stage took over. */
  endedAt: number | null
}

export interface NewRollout {
  modelId: string
  stage?: RolloutRow['stage']
  sensorIds?: string[]
  labels?: Labels
  createdBy: string
}

/** What a sensor said about a model. */
export interface ModelStatusRow {
  sensorId: string
  hostname: string
  modelId: string
  /** downloaded, active, refused, failed, withdrawn; replaced by another model of its kind. */
  state: string
  detail: string
  updatedAt: number
  /** Flows the sensor scored with it since its process started, and those that hold something the training flows did not. */
  flows: number
  outside: number
}

/** Whether a model may be used on a host: it may, its scores are kept apart, it may not. */
export type FitnessVerdict = 'ready' | 'shadow' | 'refuse'

/** How the distribution of one feature on a host differs from the training rows. */
export interface FeatureShiftRow {
  feature: string
  /** Population stability index. */
  psi: number
  /** Kolmogorov-Smirnov distance, 0 to 1. */
  ks: number
  /** Share of flows without the feature less that of the training rows. */
  absent: number
  /** Share of flows outside what the training rows had of it. */
  outside: number
}

/** What a model would have said on a host's recent flows, beside the one in use there; kept apart from real scores. */
export interface ShadowScores {
  flows: number
  /** Time the flows span, hours. */
  hours: number
  /** Flows at or above the model's threshold, and those of the model in use by its own; null without one. */
  flagged: number
  activeFlagged: number | null
  /** Flows on which both say the same; null without a model in use. */
  agreed: number | null
}

export interface NewFitness {
  sensorId: string
  modelId: string
  verdict: FitnessVerdict
  /** One sentence for people. */
  reason: string
  /** Flows it was judged on. */
  flows: number
  /** Share of the features whose distribution has changed. */
  changedShare: number
  /** Share of the flows outside the training rows' support. */
  outsideShare: number
  /** Those that differ most. */
  features: FeatureShiftRow[]
  shadow: ShadowScores | null
  /** It was in use there and was taken out of use, as the host's traffic had changed; false again when it is ready. */
  steppedBack: boolean
  /** Epoch milliseconds; now when absent. */
  judgedAt?: number
}

export interface FitnessRow extends NewFitness {
  hostname: string
  judgedAt: number
}

export type JobState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled'

export interface JobRow {
  id: string
  kind: string
  state: JobState
  /** 0 to 1. */
  progress: number
  params: Record<string, unknown>
  result: Record<string, unknown> | null
  error: string
  /** Latest 500 lines. */
  log: { time: number; line: string }[]
  createdBy: string
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
}

export interface NewJob {
  /** A UUID is made when absent. */
  id?: string
  kind: string
  params?: Record<string, unknown>
  createdBy: string
}

export interface JobChange {
  state?: JobState
  progress?: number
  /** Lines to add. */
  log?: string | string[]
  result?: Record<string, unknown>
  error?: string
}

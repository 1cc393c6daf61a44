import type { FeatureReference } from '../fitness/reference.ts'

export type ModelKind = 'anomaly-forest' | 'anomaly-autoencoder' | 'traffic-classifier'

/** `model.json`: what a model is, what it was made from and how good it is. */
export interface ModelDescription {
  /** Kind and the first 12 hex digits of the SHA-256 of model.onnx. */
  id: string
  kind: ModelKind
  /** Autoencoder: whether it reads all columns, or the first lengths and gaps as a sequence; absent is dense. */
  network?: 'dense' | 'sequence'
  /** FEATURE_SET_VERSION; 0 for a model of a table with other columns. */
  featureSetVersion: number
  featureSetHash: string
  /** Columns in vector order. */
  featureNames: string[]
  /** Classifier: class of each probability. */
  classes?: string[]
  /** Anomaly: score from which a flow counts as anomalous. Classifier: confidence below which it abstains. */
  threshold?: number
  metrics: Record<string, number>
  /** ISO 8601. */
  trainedAt: string
  /** Where the rows came from and how the model was made. */
  lineage: Record<string, unknown>
  /** Anomaly: some of the rows it was trained on, see toRowText, against which it is explained where a host has none yet. */
  typicalRows?: string
  /** What its training rows were like, to tell whether it fits a host; absent from models that were not asked for one. */
  reference?: FeatureReference
  /** SHA-256 of model.onnx in hex. */
  sha256: string
}

export interface Model {
  description: ModelDescription
  onnx: Uint8Array
}

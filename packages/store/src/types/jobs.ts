import type { ModelKind } from './models.ts'

interface JobBase {
  /** The row in `jobs`. */
  jobId: string
  requestedBy: string
}

/** Flows that ended in this time, ISO 8601; everything that is kept where both are absent. */
interface OverTime {
  from?: string
  to?: string
}

/** Trains models on stored flows, or on an imported data set. */
export interface TrainJob extends JobBase, OverTime {
  kind?: 'train'
  kinds: ModelKind[]
  /** What an autoencoder reads: all features, or the first lengths and gaps as a sequence; absent is dense. */
  autoencoder?: 'dense' | 'sequence'
  /** Import job whose rows are learned from in place of stored flows. */
  dataset?: string
}

/** Measures a registered model beside the one in use, on stored flows or on a data set's test part. */
export interface EvaluateJob extends JobBase, OverTime {
  kind: 'evaluate'
  modelId: string
  dataset?: string
}

/** Runs a registered model over stored flows and says what it would have flagged, host by host. */
export interface BacktestJob extends JobBase, OverTime {
  kind: 'backtest'
  modelId: string
}

export const IMPORT_FORMATS = ['captures', 'cicflowmeter', 'zeek-conn', 'westermo', 'iscx', 'csv'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** Brings labelled files into the labelled-flow format: from the folder `imports` of the data folder, or from an upload in there. */
export interface ImportJob extends JobBase {
  kind: 'import'
  format: ImportFormat
  /** File names in that folder. */
  files: string[]
  /** Table of labels for captures, in that folder too. */
  labels?: string
  /** Mapping of columns for `csv`, in that folder too. */
  mapping?: string
  /** Folder in there that a person uploaded the files to; removed when the job is over. */
  upload?: string
}

/** Data of a job on the queue. */
export type LearningJob = TrainJob | EvaluateJob | BacktestJob | ImportJob

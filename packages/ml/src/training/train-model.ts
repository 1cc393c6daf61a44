import { availableParallelism } from 'node:os'
import { trainAutoencoder, type Autoencoder, type AutoencoderOptions } from '../autoencoder/index.ts'
import {
  compactClasses,
  firstColumns,
  positionsWhere,
  rowCount,
  selectRows,
  type LabelledRows,
} from '../dataset/labelled-rows.ts'
import { MlError } from '../errors.ts'
import {
  FEATURE_NAMES,
  FEATURE_SET_HASH,
  FEATURE_SET_VERSION,
  SEQUENCE_NAMES,
  STATISTIC_COUNT,
  featureSetHash,
} from '../features/index.ts'
import type { FeatureReference } from '../fitness/reference.ts'
import type { Model, ModelKind } from '../model/model-description.ts'
import { modelId, sha256 } from '../model/verify-model.ts'
import { exportOnnx, type Trained } from '../onnx/index.ts'
import { IsolationForest, trainIsolationForest, type IsolationForestOptions } from './isolation-forest.ts'
import type { TrainingProgress } from './progress.ts'
import {
  RandomForest,
  trainRandomForest,
  trainRandomForestOnThreads,
  type RandomForestOptions,
} from './random-forest.ts'

/** Everything about a model that its rows do not say. */
export interface ModelFacts {
  threshold: number
  metrics: Record<string, number>
  /** ISO 8601. */
  trainedAt: string
  lineage: Record<string, unknown>
  /** See ModelDescription.typicalRows. */
  typicalRows?: string
  /** See ModelDescription.reference. */
  reference?: FeatureReference
}

/** A random forest over the labelled rows. Throws TRAINING_ONE_CLASS or TRAINING_NO_FEATURE. */
export function fitClassifier(
  data: LabelledRows,
  options: RandomForestOptions & TrainingProgress,
): { forest: RandomForest; classes: readonly string[] } {
  const { labelled, shape } = labelledPart(data)
  const forest = trainRandomForest(labelled.rows, labelled.labels, shape, options)
  return { forest: onAllColumns(forest, data), classes: labelled.classes }
}

/** Values below which one thread grows a forest sooner than others start. */
const THREADS_FROM = 500_000

/** The same forest with one thread a core; of few rows on this one. */
export async function fitClassifierOnThreads(
  data: LabelledRows,
  options: RandomForestOptions & TrainingProgress,
): Promise<{ forest: RandomForest; classes: readonly string[] }> {
  if (data.rows.length < THREADS_FROM) return fitClassifier(data, options)
  const { labelled, shape } = labelledPart(data)
  const threads = availableParallelism()
  const forest = await trainRandomForestOnThreads(labelled.rows, labelled.labels, shape, { ...options, threads })
  return { forest: onAllColumns(forest, data), classes: labelled.classes }
}

/** It takes whole rows, of which its trees ask the columns they read. */
const onAllColumns = (forest: RandomForest, { featureNames }: LabelledRows): RandomForest =>
  new RandomForest({ ...forest, featureCount: featureNames.length })

function labelledPart(data: LabelledRows) {
  requireColumns(data)
  const known = selectRows(
    data,
    positionsWhere(data, (label) => label !== undefined),
  )
  const labelled = compactClasses(firstColumns(known, readCount(data)))
  return { labelled, shape: { featureCount: labelled.featureNames.length, classCount: labelled.classes.length } }
}

/** An isolation forest over all the rows given. Throws TRAINING_TOO_FEW_ROWS or TRAINING_NO_FEATURE. */
export function fitAnomaly(data: LabelledRows, options: IsolationForestOptions): IsolationForest {
  requireColumns(data)
  const featureCount = data.featureNames.length
  if (options.directions) return trainIsolationForest(data.rows, featureCount, options)
  const read = firstColumns(data, readCount(data))
  return new IsolationForest({ ...trainIsolationForest(read.rows, read.featureNames.length, options), featureCount })
}

/** An autoencoder over all the rows given. Throws TRAINING_TOO_FEW_ROWS or TRAINING_NO_FEATURE. */
export function fitAutoencoder(data: LabelledRows, options: AutoencoderOptions): Autoencoder {
  requireColumns(data)
  return trainAutoencoder(data.rows, data.featureNames.length, { ...options, readCount: readCount(data) })
}

/** An autoencoder that reads the first lengths and gaps alone, as a sequence; throws as that, and TABLE_COLUMNS where there are none. */
export function fitSequenceAutoencoder(data: LabelledRows, options: AutoencoderOptions): Autoencoder {
  const sequence = SEQUENCE_NAMES.map((name) => data.featureNames.indexOf(name))
  if (sequence.includes(-1)) {
    const missing = SEQUENCE_NAMES[sequence.indexOf(-1)]
    throw new MlError('TABLE_COLUMNS', `sequence autoencoder: no column "${missing}"; it reads flows of "sensor meter"`)
  }
  return fitAutoencoder(data, { ...options, sequence })
}

const MODEL_KINDS = {
  'random-forest': 'traffic-classifier',
  'isolation-forest': 'anomaly-forest',
  autoencoder: 'anomaly-autoencoder',
} as const satisfies Record<Trained['kind'], ModelKind>

/** Exports what was trained and writes its description. */
export function describeModel(
  trained: Trained,
  featureNames: readonly string[],
  classes: readonly string[] | undefined,
  facts: ModelFacts,
): Model {
  const kind = MODEL_KINDS[trained.kind]
  const isFlowFeatures = areFlowFeatures(featureNames)
  const hash = isFlowFeatures ? FEATURE_SET_HASH : featureSetHash(0, featureNames)
  const onnx = exportOnnx(trained, { featureNames, featureSetHash: hash, classes, lineage: facts.lineage })
  const digest = sha256(onnx)
  return {
    description: {
      id: modelId(kind, digest),
      kind,
      featureSetVersion: isFlowFeatures ? FEATURE_SET_VERSION : 0,
      featureSetHash: hash,
      featureNames: [...featureNames],
      ...(classes && { classes: [...classes] }),
      ...(trained.kind === 'autoencoder' && { network: trained.encoding.network }),
      ...facts,
      sha256: digest,
    },
    onnx,
  }
}

function requireColumns(data: LabelledRows): void {
  if (rowCount(data) === 0)
    throw new MlError('TRAINING_TOO_FEW_ROWS', 'training: no rows; check the files and the label column')
  const width = data.featureNames.length
  for (let column = 0; column < width; column++) {
    let first = NaN
    let hasMissing = false
    for (let at = column; at < data.rows.length; at += width) {
      const value = data.rows[at]
      if (Number.isNaN(value)) hasMissing = true
      else if (Number.isNaN(first)) first = value
      else if (value !== first) return
      if (hasMissing && !Number.isNaN(first)) return
    }
  }
  throw new MlError('TRAINING_NO_FEATURE', `training: none of the ${width} columns varies; there is nothing to learn`)
}

/** Columns that a model reads which takes every column for itself. */
const readCount = ({ featureNames }: LabelledRows): number =>
  areFlowFeatures(featureNames) ? STATISTIC_COUNT : featureNames.length

const areFlowFeatures = (names: readonly string[]): boolean =>
  names.length === FEATURE_NAMES.length && names.every((name, i) => name === FEATURE_NAMES[i])

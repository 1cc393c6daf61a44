import { positionsWhere, rowCount, selectRows, compactClasses, type LabelledRows } from '../dataset/labelled-rows.ts'
import { MlError } from '../errors.ts'
import { evaluateAnomaly, evaluateClassifier } from '../evaluation/index.ts'
import type { Model, ModelDescription, ModelKind } from '../model/model-description.ts'
import { toRowText } from '../model/row-text.ts'
import { splitHoldout } from './holdout.ts'
import { permutationImportance } from './permutation-importance.ts'
import type { RandomForest } from './random-forest.ts'
import {
  describeModel,
  fitAnomaly,
  fitAutoencoder,
  fitClassifierOnThreads,
  fitSequenceAutoencoder,
} from './train-model.ts'

export interface FitOptions {
  kind: ModelKind
  /** Of an autoencoder; default dense. */
  network?: ModelDescription['network']
  seed: number
  trainedAt: string
  lineage: Record<string, unknown>
  onProgress?(share: number): void
}

export const HOLDOUT_SHARE = 0.2
/** Share of usual flows that score below the anomaly threshold. */
export const ANOMALY_QUANTILE = 0.999
const CLASS_THRESHOLD = 0.7
const IMPORTANCE_ROWS = 2000
const IMPORTANCES = 10
export const MIN_ANOMALY_ROWS = 20
export const MIN_CLASS_ROWS = 5
/** Deep enough for traffic, bounded so that a model stays small on a host. */
const CLASSIFIER = { trees: 100, maxDepth: 24, minLeafRows: 2, classWeights: 'balanced', outOfBag: true } as const

/**
 * Splits by seed, trains on one part, judges the exported graph on the other: the metrics belong to exactly the model that is
 * returned. A classifier learns the classes with at least MIN_CLASS_ROWS rows; an anomaly model learns every class but scan.
 */
export async function fitAndJudge(data: LabelledRows, options: FitOptions): Promise<Model> {
  if (options.kind === 'traffic-classifier') return fitClasses(data, options)
  return fitUsual(data, options)
}

async function fitClasses(data: LabelledRows, { seed, trainedAt, lineage, onProgress }: FitOptions): Promise<Model> {
  const compact = compactClasses(data, MIN_CLASS_ROWS)
  if (compact.classes.length < 2) {
    const found = data.classes.length === 0 ? 'none' : data.classes.join(', ')
    throw new MlError(
      'TRAINING_ONE_CLASS',
      `traffic classifier: needs ${MIN_CLASS_ROWS} rows each of at least 2 classes; classes seen: ${found}`,
    )
  }
  const labelled = selectRows(
    compact,
    positionsWhere(compact, (label) => label !== undefined),
  )
  const { training, holdout } = splitHoldout(labelled, HOLDOUT_SHARE, seed)
  const { forest, classes } = await fitClassifierOnThreads(training, { ...CLASSIFIER, seed, onProgress })
  const facts = {
    threshold: CLASS_THRESHOLD,
    metrics: {},
    trainedAt,
    lineage: {
      ...lineage,
      seed,
      split: splitText(training, holdout),
      importance: importanceOf(forest, classes, holdout),
    },
  }
  const model = describeModel(forest, data.featureNames, classes, facts)
  const report = await evaluateClassifier(model, holdout)
  model.description.metrics = finite({
    accuracy: report.accuracy,
    macroF1: report.macro_f1,
    coverage: report.coverage,
    accuracyCovered: report.accuracy_covered,
    outOfBagAccuracy: forest.outOfBag?.accuracy ?? NaN,
    outOfBagLogLoss: forest.outOfBag?.logLoss ?? NaN,
    trainingRows: rowCount(training),
    holdoutRows: rowCount(holdout),
  })
  return model
}

/** The features worth most: accuracy lost on held-out rows without each. */
function importanceOf(forest: RandomForest, classes: readonly string[], holdout: LabelledRows): Record<string, number> {
  const known = positionsWhere(holdout, (label) => label !== undefined && classes.includes(label))
  const judged = selectRows(holdout, known.slice(0, IMPORTANCE_ROWS))
  const labels = judged.labels.map((label) => classes.indexOf(judged.classes[label]))
  const lost = permutationImportance(forest, judged.rows, labels, 1)
  return Object.fromEntries(
    Array.from(lost, (value, column) => [holdout.featureNames[column], value] as const)
      .filter(([, value]) => value > 0)
      .sort((a, b) => b[1] - a[1])
      .slice(0, IMPORTANCES),
  )
}

async function fitUsual(
  data: LabelledRows,
  { kind, network, seed, trainedAt, lineage, onProgress }: FitOptions,
): Promise<Model> {
  const usual = selectRows(
    data,
    positionsWhere(data, (label) => label !== 'scan'),
  )
  if (rowCount(usual) < MIN_ANOMALY_ROWS) {
    throw new MlError('TRAINING_TOO_FEW_ROWS', `${kind}: needs ${MIN_ANOMALY_ROWS} flows, found ${rowCount(usual)}`)
  }
  const { training, holdout } = splitHoldout(usual, HOLDOUT_SHARE, seed)
  const fitNetwork = network === 'sequence' ? fitSequenceAutoencoder : fitAutoencoder
  const fit = kind === 'anomaly-autoencoder' ? fitNetwork : fitAnomaly
  const trained = fit(training, { seed, onProgress })
  const facts = {
    threshold: ANOMALY_QUANTILE,
    metrics: {},
    trainedAt,
    lineage: { ...lineage, seed, ...(network && { network }), split: splitText(training, holdout) },
    typicalRows: toRowText(training.rows, data.featureNames.length),
  }
  const model = describeModel(trained, data.featureNames, undefined, facts)
  const { anomaly } = trained.predict(holdout.rows)
  const falseAlarms = anomaly.filter((value) => value >= ANOMALY_QUANTILE).length
  const scans = selectRows(
    data,
    positionsWhere(data, (label) => label === 'scan'),
  )
  const ranking = rowCount(scans) > 0 ? await rankAgainst(model, holdout, scans) : {}
  model.description.metrics = finite({
    falseAlarmShare: falseAlarms / anomaly.length,
    ...ranking,
    trainingRows: rowCount(training),
    holdoutRows: rowCount(holdout),
  })
  return model
}

/** How well the held-out usual flows and the scans are told apart. */
async function rankAgainst(model: Model, usual: LabelledRows, scans: LabelledRows): Promise<Record<string, number>> {
  const rows = new Float32Array(usual.rows.length + scans.rows.length)
  rows.set(usual.rows)
  rows.set(scans.rows, usual.rows.length)
  const labels = new Uint16Array(rowCount(usual) + rowCount(scans)).fill(1, rowCount(usual))
  const both = { featureNames: usual.featureNames, rows, labels, classes: ['usual', 'scan'] }
  const report = await evaluateAnomaly(model, both, (label) => label === 'usual')
  return { scanAuc: report.auc, scanAveragePrecision: report.average_precision }
}

const splitText = (training: LabelledRows, holdout: LabelledRows): string =>
  `seeded random split of flows: ${rowCount(training)} to learn, ${rowCount(holdout)} held out`

const finite = (metrics: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)))

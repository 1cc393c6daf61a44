import { UNLABELLED, positionsWhere, selectRows, type LabelledRows } from '../dataset/labelled-rows.ts'
import { MlError } from '../errors.ts'
import type { Model } from '../model/model-description.ts'
import { accuracy, confusion, macroF1, perClass, type ClassMetrics } from './classification-metrics.ts'
import { largestOf, runModel } from './run-model.ts'
import { auc, averagePrecision, f1AtThreshold } from './ranking-metrics.ts'

export interface ClassifierReport {
  rows: number
  accuracy: number
  macro_f1: number
  /** Share of rows on which the model is at least as sure as its threshold, and its accuracy there. */
  coverage: number
  accuracy_covered: number
  per_class: Record<string, ClassMetrics>
  /** counts[actual][predicted] in the order of labels. */
  confusion: { labels: string[]; counts: number[][] }
}

export interface AnomalyReport {
  rows: number
  /** Rows that are not normal. */
  anomalous: number
  auc: number
  average_precision: number
  threshold: number
  f1_at_threshold: number
  /** Share of the normal rows at or above the threshold. */
  false_alarm_share: number
}

/** Scores labelled rows with the model's own ONNX graph. Throws EVALUATION_LABELS without labelled rows. */
export async function evaluateClassifier(model: Model, data: LabelledRows): Promise<ClassifierReport> {
  const labelled = selectRows(
    data,
    positionsWhere(data, (label) => label !== undefined),
  )
  if (labelled.labels.length === 0) throw new MlError('EVALUATION_LABELS', 'evaluate: no row has a label')
  const known = model.description.classes ?? []
  const labels = [...known, ...data.classes.filter((name) => !known.includes(name)).sort()]
  const position = data.classes.map((name) => labels.indexOf(name))
  const actual = labelled.labels.map((label) => position[label])
  const probabilities = await runModel(model, labelled, 'probabilities')
  const best = Uint16Array.from(actual, (_, i) => largestOf(probabilities, i * known.length, known.length))
  const isCovered = [...best].map((k, i) => probabilities[i * known.length + k] >= (model.description.threshold ?? 0))
  const covered = isCovered.filter(Boolean).length
  const counts = confusion(actual, best, labels.length)
  return {
    rows: actual.length,
    accuracy: accuracy(counts),
    macro_f1: macroF1(counts),
    coverage: covered / actual.length,
    accuracy_covered: isCovered.filter((is, i) => is && best[i] === actual[i]).length / covered,
    per_class: Object.fromEntries(perClass(counts).map((metrics, k) => [labels[k], metrics])),
    confusion: { labels, counts },
  }
}

/** Ranks by the raw score, flags by the calibrated anomaly. Throws EVALUATION_LABELS unless there are rows of both sorts. */
export async function evaluateAnomaly(
  model: Model,
  data: LabelledRows,
  isNormal: (label: string | undefined) => boolean,
): Promise<AnomalyReport> {
  const normal = data.classes.map((name) => isNormal(name))
  const normalUnlabelled = isNormal(undefined)
  const positive = Array.from(data.labels, (label) => !(label === UNLABELLED ? normalUnlabelled : normal[label]))
  const anomalous = positive.filter(Boolean).length
  if (anomalous === 0 || anomalous === positive.length) {
    throw new MlError(
      'EVALUATION_LABELS',
      `evaluate: needs normal and other rows, found ${positive.length - anomalous} and ${anomalous} (labels ${data.classes.slice(0, 8).join(', ')}); say which is normal with --normal`,
    )
  }
  const score = await runModel(model, data, 'score')
  const anomaly = await runModel(model, data, 'anomaly')
  const threshold = model.description.threshold ?? 0.99
  const falseAlarms = positive.filter((is, i) => !is && anomaly[i] >= threshold).length
  return {
    rows: positive.length,
    anomalous,
    auc: auc(score, positive),
    average_precision: averagePrecision(score, positive),
    threshold,
    f1_at_threshold: f1AtThreshold(anomaly, positive, threshold),
    false_alarm_share: falseAlarms / (positive.length - anomalous),
  }
}

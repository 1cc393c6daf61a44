import { accuracy, auc, confusion, macroF1 } from '../src/evaluation/index.ts'
import type { LabelledRows } from '../src/dataset/labelled-rows.ts'
import type { RandomForestOptions } from '../src/training/random-forest.ts'
import { fitClassifier } from '../src/training/train-model.ts'
import type { CaseFlow } from './metered-cases.ts'
import { buildTrainingSet, toRows } from './training-set.ts'

export interface HeldOutVerdict {
  case: string
  actual: string
  predicted: string
  confidence: number
}

/**
 * Leaves out one capture after the other and lets a classifier trained on the others judge its flows. A class with one capture
 * can then only be abstained from or got wrong.
 */
export function judgeClassifier(flows: readonly CaseFlow[], options: RandomForestOptions): HeldOutVerdict[] {
  return caseNames(flows).flatMap((held) => {
    const judged = flows.filter((flow) => flow.case === held)
    const { forest, classes } = fitClassifier(buildTrainingSet(flows.filter((flow) => flow.case !== held)), options)
    const probabilities = forest.predict(toRows(judged).rows)
    return judged.map((flow, i) => {
      const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
      const confidence = Math.max(...row)
      return { case: held, actual: flow.label ?? '', predicted: classes[row.indexOf(confidence)], confidence }
    })
  })
}

/** Accuracy and macro-F1 when made to answer; how often it is sure enough, and how often right then. */
export function summariseClassifier(verdicts: readonly HeldOutVerdict[], threshold: number): Record<string, number> {
  const classes = [...new Set(verdicts.flatMap(({ actual, predicted }) => [actual, predicted]))].sort()
  const counts = confusion(
    verdicts.map(({ actual }) => classes.indexOf(actual)),
    verdicts.map(({ predicted }) => classes.indexOf(predicted)),
    classes.length,
  )
  const sure = verdicts.filter(({ confidence }) => confidence >= threshold)
  const right = sure.filter(({ actual, predicted }) => actual === predicted)
  return {
    accuracy: accuracy(counts),
    macroF1: macroF1(counts),
    coverage: sure.length / verdicts.length,
    accuracyCovered: sure.length > 0 ? right.length / sure.length : 1,
  }
}

/** What gives anomalies: a forest or an autoencoder. */
export interface AnomalyModel {
  predict(rows: Float32Array): { score: Float32Array; anomaly: Float32Array }
}

export interface HeldOut<Model> {
  case: string
  /** Trained on the other ordinary captures. */
  model: Model
}

/** One model for each ordinary capture, trained without it. */
export function trainHeldOut<Model>(normal: readonly CaseFlow[], fit: (data: LabelledRows) => Model): HeldOut<Model>[] {
  return caseNames(normal).map((held) => ({
    case: held,
    model: fit(buildTrainingSet(normal.filter((flow) => flow.case !== held))),
  }))
}

/** What `measure` says of every ordinary capture by the model that has not seen it, each capture and class weighing the same. */
export function measureHeldOut<Model>(
  normal: readonly CaseFlow[],
  heldOut: readonly HeldOut<Model>[],
  measure: (model: Model, rows: Float32Array) => Float32Array,
): Float32Array {
  return Float32Array.from(
    heldOut.flatMap((held) => [
      ...measure(held.model, buildTrainingSet(normal.filter((flow) => flow.case === held.case)).rows),
    ]),
  )
}

/** Scores and anomalies of the attack captures by the bundled model, and of ordinary ones by one that has not seen them. Original flows only. */
export interface JudgedAnomalies {
  attacks: { score: Float32Array; anomaly: Float32Array }
  ordinary: { score: Float32Array; anomaly: Float32Array }
}

export function judgeAnomaly(
  flows: readonly CaseFlow[],
  bundled: AnomalyModel,
  heldOut: readonly HeldOut<AnomalyModel>[],
): JudgedAnomalies {
  const ordinary = heldOut.map(({ case: name, model }) =>
    model.predict(toRows(flows.filter((flow) => flow.case === name)).rows),
  )
  return {
    attacks: bundled.predict(toRows(flows.filter((flow) => !flow.normal)).rows),
    ordinary: {
      score: Float32Array.from(ordinary.flatMap(({ score }) => [...score])),
      anomaly: Float32Array.from(ordinary.flatMap(({ anomaly }) => [...anomaly])),
    },
  }
}

/** How attack captures are told from ordinary ones: rank by raw score, and share of either at the threshold. */
export function summariseAnomaly({ attacks, ordinary }: JudgedAnomalies, threshold: number): Record<string, number> {
  const scores = [...attacks.score, ...ordinary.score]
  const shareAbove = (anomaly: Float32Array) => anomaly.filter((value) => value >= threshold).length / anomaly.length
  return {
    auc: auc(
      scores,
      scores.map((_, i) => i < attacks.score.length),
    ),
    recallAtThreshold: shareAbove(attacks.anomaly),
    falseAlarmShare: shareAbove(ordinary.anomaly),
  }
}

const caseNames = (flows: readonly CaseFlow[]): string[] => [...new Set(flows.map((flow) => flow.case))].sort()

import { accuracy, auc, confusion, macroF1 } from '../src/evaluation/index.ts'
import type { IsolationForest, IsolationForestOptions } from '../src/training/isolation-forest.ts'
import type { RandomForestOptions } from '../src/training/random-forest.ts'
import { fitAnomaly, fitClassifier } from '../src/training/train-model.ts'
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

export interface HeldOutForest {
  case: string
  /** Trained on the other ordinary captures. */
  forest: IsolationForest
}

/** One forest for each ordinary capture, trained without it. */
export function trainHeldOutForests(normal: readonly CaseFlow[], options: IsolationForestOptions): HeldOutForest[] {
  return caseNames(normal).map((held) => ({
    case: held,
    forest: fitAnomaly(buildTrainingSet(normal.filter((flow) => flow.case !== held)), options),
  }))
}

/** Path sums of every ordinary capture by the forest that has not seen it, each capture and class weighing the same. */
export function heldOutPathSums(normal: readonly CaseFlow[], forests: readonly HeldOutForest[]): Float32Array {
  return Float32Array.from(
    forests.flatMap((held) => [
      ...held.forest.pathSums(buildTrainingSet(normal.filter((flow) => flow.case === held.case)).rows),
    ]),
  )
}

/**
 * How the bundled forest tells attack captures from ordinary captures it has not seen: rank by raw score, and share of either at
 * the threshold. Original flows only.
 */
export function summariseAnomaly(input: {
  flows: readonly CaseFlow[]
  bundled: IsolationForest
  heldOut: readonly HeldOutForest[]
  threshold: number
}): Record<string, number> {
  const { flows, bundled, heldOut, threshold } = input
  const attacks = bundled.predict(toRows(flows.filter((flow) => !flow.normal)).rows)
  const ordinary = heldOut.flatMap(({ case: name, forest }) => {
    const rows = toRows(flows.filter((flow) => flow.case === name)).rows
    const { score, anomaly } = forest.calibratedLike(bundled).predict(rows)
    return Array.from(score, (value, i) => ({ score: value, anomaly: anomaly[i] }))
  })
  const scores = [...attacks.score, ...ordinary.map(({ score }) => score)]
  return {
    auc: auc(
      scores,
      scores.map((_, i) => i < attacks.score.length),
    ),
    recallAtThreshold: attacks.anomaly.filter((value) => value >= threshold).length / attacks.anomaly.length,
    falseAlarmShare: ordinary.filter(({ anomaly }) => anomaly >= threshold).length / ordinary.length,
  }
}

const caseNames = (flows: readonly CaseFlow[]): string[] => [...new Set(flows.map((flow) => flow.case))].sort()

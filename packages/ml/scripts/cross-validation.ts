import type { AnomalyReport } from '../src/evaluation/index.ts'
import { auc, f1AtThreshold } from '../src/evaluation/index.ts'
import { fitAnomaly, fitClassifier } from '../src/training/train-model.ts'
import type { IsolationForestOptions } from '../src/training/isolation-forest.ts'
import type { RandomForestOptions } from '../src/training/random-forest.ts'
import type { CaseFlow } from './metered-cases.ts'
import { buildTrainingSet, toRows } from './training-set.ts'

export interface HeldOutVerdict {
  case: string
  actual: string
  predicted: string
  confidence: number
}

/**
 * Leaves out one capture after the other and lets a classifier trained on the others judge its flows: only those that reach the
 * model in the product, so not what a recogniser settles. A class with one capture can then only be abstained from or got wrong.
 */
export function judgeClassifier(flows: readonly CaseFlow[], options: RandomForestOptions): HeldOutVerdict[] {
  return caseNames(flows).flatMap((held) => {
    const judged = flows.filter((flow) => flow.case === held && flow.label !== undefined && !flow.settled)
    if (judged.length === 0) return []
    const { forest, classes } = fitClassifier(buildTrainingSet(flows.filter((flow) => flow.case !== held)), options)
    const probabilities = forest.predict(toRows(judged).rows)
    return judged.map((flow, i) => {
      const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
      const confidence = Math.max(...row)
      return { case: held, actual: flow.label ?? '', predicted: classes[row.indexOf(confidence)], confidence }
    })
  })
}

/** What a threshold leaves of the held-out verdicts. */
export function judgeThreshold(
  verdicts: readonly HeldOutVerdict[],
  threshold: number,
): { coverage: number; precision: number } {
  const spoken = verdicts.filter(({ confidence }) => confidence >= threshold)
  const right = spoken.filter(({ actual, predicted }) => actual === predicted)
  return { coverage: spoken.length / verdicts.length, precision: spoken.length > 0 ? right.length / spoken.length : 1 }
}

/** Share of the held-out flows of each class that are named right at the threshold. */
export function recallByClass(verdicts: readonly HeldOutVerdict[], threshold: number): Record<string, number> {
  const byClass = Map.groupBy(verdicts, ({ actual }) => actual)
  return Object.fromEntries(
    [...byClass.keys()].sort().map((name) => {
      const own = byClass.get(name) ?? []
      const right = own.filter(({ predicted, confidence }) => predicted === name && confidence >= threshold)
      return [name, right.length / own.length]
    }),
  )
}

/** What the forest says of a capture it was not trained on. */
export interface HeldOutAnomaly {
  case: string
  normal: boolean
  anomaly: Float32Array
  score: Float32Array
}

/** Scores each ordinary capture by a forest trained without it, and the others by one trained on all ordinary captures. */
export function judgeAnomaly(flows: readonly CaseFlow[], options: IsolationForestOptions): HeldOutAnomaly[] {
  const normal = flows.filter((flow) => flow.normal)
  const whole = fitAnomaly(buildTrainingSet(normal), options)
  return caseNames(flows).map((name) => {
    const judged = flows.filter((flow) => flow.case === name)
    const isNormal = judged[0].normal
    const forest = isNormal ? fitAnomaly(buildTrainingSet(normal.filter((flow) => flow.case !== name)), options) : whole
    return { case: name, normal: isNormal, ...forest.predict(toRows(judged).rows) }
  })
}

/** The same measures as `ml evaluate`, over held-out captures; each attack capture counts as much as any other. */
export function summariseAnomaly(
  held: readonly HeldOutAnomaly[],
  threshold: number,
): Pick<AnomalyReport, 'auc' | 'f1_at_threshold' | 'false_alarm_share'> {
  const score = held.flatMap((capture) => [...capture.score])
  const anomaly = held.flatMap((capture) => [...capture.anomaly])
  const positive = held.flatMap((capture) => Array.from(capture.anomaly, () => !capture.normal))
  const normalCount = positive.filter((is) => !is).length
  return {
    auc: auc(score, positive),
    f1_at_threshold: f1AtThreshold(anomaly, positive, threshold),
    false_alarm_share: anomaly.filter((value, i) => !positive[i] && value >= threshold).length / normalCount,
  }
}

const caseNames = (flows: readonly CaseFlow[]): string[] => [...new Set(flows.map((flow) => flow.case))].sort()

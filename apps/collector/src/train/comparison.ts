import { compareAnomalyModels, compareClassifiers, type Interval } from '@picket/ml/evaluation'
import type { Model } from '@picket/ml/scoring'
import type { Holdout } from './holdout.ts'

/** How a new model does beside the one in use, on the same held-out flows. */
export type Verdict = 'first' | 'better' | 'same' | 'worse'

/** A new model that measures lower than the one in use by more than this is not offered, even where it could be chance. */
const TOLERANCE = 0.01

export interface Comparison {
  /** `first` when no model in use fits the feature set, or there is nothing to measure on. */
  verdict: Verdict
  /** What is compared, larger is better: macro F1 of a classifier, AUC against unusual rows of an anomaly model. */
  metric: 'macroF1' | 'auc'
  value: number | null
  activeValue: number | null
  activeModelId: string | null
  /** 95 % intervals; of the difference, new less active. */
  interval: Interval | null
  activeInterval: Interval | null
  difference: Interval | null
  /** How the intervals were made. */
  method: string
  holdoutFlows: number
  /** Spans of a host and a time that the flows come from; the intervals count these, not flows. */
  holdoutBlocks: number
}

interface Measured {
  first: Interval
  second: Interval | null
  difference: Interval | null
}

/** Measures both models on the holdout. */
export async function compareModels(
  model: Model,
  active: Model | undefined,
  holdout: Holdout,
  seed: number,
): Promise<Comparison> {
  const isClassifier = model.description.kind === 'traffic-classifier'
  const measured = await (isClassifier
    ? measureClassifiers([model, active], holdout, seed)
    : measureAnomaly([model, active], holdout))
  return {
    verdict: judge(measured?.difference ?? null),
    metric: isClassifier ? 'macroF1' : 'auc',
    value: measured?.first.value ?? null,
    activeValue: measured?.second?.value ?? null,
    activeModelId: active?.description.id ?? null,
    interval: measured?.first ?? null,
    activeInterval: measured?.second ?? null,
    difference: measured?.difference ?? null,
    method: isClassifier
      ? '95 %, paired bootstrap of 1,000 draws of blocks of a host and a time'
      : '95 %, DeLong with blocks of a host and a time (Obuchowski)',
    holdoutFlows: holdout.size,
    holdoutBlocks: holdout.blocks,
  }
}

/**
 * The verdict on a difference; null is one that could not be made. Better and worse need an interval on one side of zero;
 * worse is also what measures clearly lower: the doubt is the new model's.
 */
export function judge(difference: Interval | null): Verdict {
  if (difference === null) return 'first'
  if (difference.high < 0 || difference.value < -TOLERANCE) return 'worse'
  return difference.low > 0 ? 'better' : 'same'
}

type Pair = readonly [Model, Model?]

async function measureClassifiers(models: Pair, holdout: Holdout, seed: number): Promise<Measured | null> {
  const data = holdout.labelled()
  return data.classes.length < 2 ? null : finiteOrNull(await compareClassifiers(models, data, seed))
}

async function measureAnomaly(models: Pair, holdout: Holdout): Promise<Measured | null> {
  if (holdout.size < 2) return null
  return finiteOrNull(await compareAnomalyModels(models, holdout.usualAndUnusual(), (label) => label === 'usual'))
}

const finiteOrNull = (measured: Measured): Measured | null => (Number.isFinite(measured.first.value) ? measured : null)

import { evaluateAnomaly, evaluateClassifier } from '@picket/ml/evaluation'
import type { Model } from '@picket/ml/scoring'
import type { Holdout } from './holdout.ts'

/** How a new model does beside the one in use, on the same held-out flows. */
export type Verdict = 'first' | 'better' | 'same' | 'worse'

/** Differences below this are chance on a holdout of some hundred flows. */
const TOLERANCE = 0.01

export interface Comparison {
  /** `first` when no model in use fits the feature set, or there is nothing to measure on. */
  verdict: Verdict
  /** What is compared, larger is better: macro F1 of a classifier, AUC against unusual rows of an anomaly model. */
  metric: 'macroF1' | 'auc'
  value: number | null
  activeValue: number | null
  activeModelId: string | null
  holdoutFlows: number
}

/** Measures both models on the holdout. */
export async function compareModels(model: Model, active: Model | undefined, holdout: Holdout): Promise<Comparison> {
  const isClassifier = model.description.kind === 'traffic-classifier'
  const measure = isClassifier ? measureClassifier : measureAnomaly
  const value = await measure(model, holdout)
  const activeValue = active === undefined ? null : await measure(active, holdout)
  return {
    verdict: judge(value, activeValue),
    metric: isClassifier ? 'macroF1' : 'auc',
    value,
    activeValue,
    activeModelId: active?.description.id ?? null,
    holdoutFlows: holdout.size,
  }
}

/** The verdict on two measurements; null is one that could not be made. */
export function judge(value: number | null, activeValue: number | null): Verdict {
  if (value === null || activeValue === null) return 'first'
  const gain = value - activeValue
  if (gain > TOLERANCE) return 'better'
  return gain < -TOLERANCE ? 'worse' : 'same'
}

async function measureClassifier(model: Model, holdout: Holdout): Promise<number | null> {
  const data = holdout.labelled()
  if (data.classes.length < 2) return null
  return finiteOrNull((await evaluateClassifier(model, data)).macro_f1)
}

async function measureAnomaly(model: Model, holdout: Holdout): Promise<number | null> {
  if (holdout.size < 2) return null
  return finiteOrNull((await evaluateAnomaly(model, holdout.usualAndUnusual(), (label) => label === 'usual')).auc)
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

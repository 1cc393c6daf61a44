import { largestOf, runModel } from '@picket/ml/evaluation'
import { FEATURE_NAMES } from '@picket/ml/features'
import type { Model } from '@picket/ml/scoring'
import type { ShadowScores } from '@picket/store'

const HOUR_US = 3_600_000_000

/** Rows of one host, and the span they come from. */
export interface HostRows {
  rows: Float32Array
  firstUs: number
  lastUs: number
}

/** What a model, and beside it the one in use, say of a host's flows. Written nowhere but into this result. */
export async function shadowScores(model: Model, active: Model | undefined, host: HostRows): Promise<ShadowScores> {
  const said = await answersOf(model, host.rows)
  const saidActive = active && (await answersOf(active, host.rows))
  const flagged = (answers: readonly Answer[]) => answers.filter(({ isFlagged }) => isFlagged).length
  const isSame = (a: Answer, b: Answer) => a.isFlagged === b.isFlagged && a.class === b.class
  return {
    flows: said.length,
    hours: (host.lastUs - host.firstUs) / HOUR_US,
    flagged: flagged(said),
    activeFlagged: saidActive ? flagged(saidActive) : null,
    agreed: saidActive ? said.filter((answer, i) => isSame(answer, saidActive[i])).length : null,
  }
}

interface Answer {
  /** Anomalous by the model's threshold; of a classifier, sure enough to name a class. */
  isFlagged: boolean
  class: string
}

async function answersOf(model: Model, rows: Float32Array): Promise<Answer[]> {
  const { classes = [], kind, threshold } = model.description
  const data = { featureNames: FEATURE_NAMES, rows }
  if (kind !== 'traffic-classifier') {
    const anomaly = await runModel(model, data, 'anomaly')
    return Array.from(anomaly, (value) => ({ isFlagged: value >= (threshold ?? 1), class: '' }))
  }
  const probabilities = await runModel(model, data, 'probabilities')
  return Array.from({ length: rows.length / FEATURE_NAMES.length }, (_, i) => {
    const best = largestOf(probabilities, i * classes.length, classes.length)
    const isSure = probabilities[i * classes.length + best] >= (threshold ?? 0)
    return { isFlagged: isSure, class: isSure ? classes[best] : '' }
  })
}

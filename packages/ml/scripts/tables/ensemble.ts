import { ensembleAnomaly } from '../../src/scoring/ensemble.ts'
import { CONTEXT_FEATURES } from './context-window.ts'
import { normalOf, rankAmong, type AnomalyAnswer, type IsNormal, type Parts } from './judge.ts'

/** Context that is unusual where it is small; all other where it is large. */
const SMALL_IS_UNUSUAL: ReadonlySet<string> = new Set([
  'source_seen_share_ratio',
  'pair_gap_s',
  'pair_seen_share_ratio',
  'destination_seen_share_ratio',
  'service_seen_share_ratio',
])

/**
 * What surrounds a flow alone, as the sensor judges it: the rarest of the context columns, which are the last of the tables, among the usual
 * rows of the training.
 */
export function answerContext({ training, test }: Parts, isNormal: IsNormal): AnomalyAnswer {
  const usual = normalOf(training, isNormal)
  const scores = [usual, test].map((data) => new Float64Array(data.labels.length))
  CONTEXT_FEATURES.forEach((name, i) => {
    const sign = SMALL_IS_UNUSUAL.has(name) ? -1 : 1
    const column = ({ rows, featureNames }: Parts['test']) => {
      const at = featureNames.length - CONTEXT_FEATURES.length + i
      return Float64Array.from({ length: rows.length / featureNames.length }, (_, row) => {
        const value = rows[row * featureNames.length + at]
        return Number.isNaN(value) ? -Infinity : sign * value
      })
    }
    const usualValues = column(usual)
    ;[usualValues, column(test)].forEach((values, side) => {
      rankAmong(usualValues, values).forEach((rank, row) => (scores[side][row] = Math.max(scores[side][row], rank)))
    })
  })
  return { score: scores[1], anomaly: rankAmong(scores[0], scores[1]) }
}

/** The three parts put together by the sensor's rule. */
export function answerEnsemble(parts: Record<'forest' | 'autoencoder' | 'context', AnomalyAnswer>): AnomalyAnswer {
  const { forest, autoencoder, context } = parts
  const anomaly = Float64Array.from(
    context.anomaly,
    (_, i) =>
      ensembleAnomaly({
        forest: forest.anomaly[i],
        autoencoder: autoencoder.anomaly[i],
        context: context.anomaly[i],
      }) ?? NaN,
  )
  return { score: anomaly, anomaly }
}

import type { ModelKind } from '@picket/store'
import type { Comparison } from './comparison.ts'

/** What became of a model, in a sentence for people. */
export function tellComparison(kind: ModelKind, modelId: string, comparison: Comparison): string {
  const { verdict, metric, difference, value, activeValue, activeModelId } = comparison
  const offered = 'offered to the sensors it fits'
  if (verdict === 'first') return `${kind}: ${modelId} is the first that could be measured, ${offered}`
  const range = difference ? `, difference ${difference.low.toFixed(3)} to ${difference.high.toFixed(3)}` : ''
  const figures = `${metric} ${value?.toFixed(3)} beside ${activeValue?.toFixed(3)} of ${activeModelId}${range}`
  if (verdict === 'worse') return `${kind}: ${modelId} is worse (${figures}), kept as candidate and not offered`
  return `${kind}: ${modelId} is ${verdict === 'better' ? 'better' : 'as good'} (${figures}), ${offered}`
}

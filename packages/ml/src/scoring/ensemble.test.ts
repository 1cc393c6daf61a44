import { expect, test } from 'vitest'
import { ensembleAnomaly } from './ensemble.ts'

test('two of three reach the threshold, or one does with a tenth of the rest', () => {
  const threshold = 0.99
  const ranks = [0, 0.5, 0.9, 0.989, 0.991, 0.9989, 0.9991, 1]
  for (const forest of ranks)
    for (const autoencoder of ranks)
      for (const context of ranks) {
        const parts = [forest, autoencoder, context]
        const isTwo = parts.filter((rank) => rank >= threshold).length >= 2
        const isAlone = parts.some((rank) => 1 - rank <= (1 - threshold) / 10)
        const anomaly = ensembleAnomaly({ forest, autoencoder, context }) ?? NaN
        expect(anomaly >= threshold, parts.join(' ')).toBe(isTwo || isAlone)
        expect(anomaly >= 0 && anomaly <= 1).toBe(true)
      }
})

test('a part that did not look has no say', () => {
  expect(ensembleAnomaly({})).toBeUndefined()
  expect(ensembleAnomaly({ context: 0.97 })).toBe(0.97)
  expect(ensembleAnomaly({ forest: 0.97, context: 0.2 })).toBeCloseTo(0.7, 9)
  expect(ensembleAnomaly({ forest: 0.97, context: 0.96 })).toBe(0.96)
})

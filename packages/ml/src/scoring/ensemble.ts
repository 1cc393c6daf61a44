import type { AnomalyParts } from '@picket/proto'

/** How many times rarer than the threshold a part must find a flow to be believed alone. */
const TIMES_RARER_ALONE = 10

/**
 * The anomaly of a flow from those of its parts, each a rank, 0 to 1: it reaches a threshold where two parts reach it, or where one alone
 * does with a tenth of the rest: 0.99 by two parts at 0.99, or by one at 0.999. A single part is believed as it is; without one
 * there is no anomaly.
 */
export function ensembleAnomaly({ forest, autoencoder, context }: AnomalyParts): number | undefined {
  let count = 0
  let highest = 0
  let second = 0
  for (let i = 0; i < 3; i++) {
    const anomaly = i === 0 ? forest : i === 1 ? autoencoder : context
    if (anomaly === undefined) continue
    count++
    if (anomaly > highest) {
      second = highest
      highest = anomaly
    } else if (anomaly > second) second = anomaly
  }
  if (count < 2) return count === 0 ? undefined : highest
  return Math.max(second, 1 - TIMES_RARER_ALONE * (1 - highest))
}

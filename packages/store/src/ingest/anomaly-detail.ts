import { AnomalyPart, type AnomalyParts, type Flow } from '@picket/proto'
import type { AnomalyDetail, AnomalyPartName } from '../types/flows.ts'
import * as clean from '../query/clean.ts'

/** From this anomaly of any part on a flow's page has something to tell; below it the anomaly itself is all. */
const LEAST_SHOWN = 0.95
const MAX_REASONS = 5
const MAX_CHANGES = 16

const PART_NAMES: Readonly<Record<number, AnomalyPartName>> = {
  [AnomalyPart.FOREST]: 'forest',
  [AnomalyPart.AUTOENCODER]: 'autoencoder',
  [AnomalyPart.CONTEXT]: 'context',
}

/** The parts of a flow's anomaly and its explanation as they are stored; null where no part found much. */
export function toAnomalyDetail({ anomalyParts, anomalyExplanation }: Flow): AnomalyDetail | null {
  const parts = partsOf(anomalyParts)
  if (!anomalyExplanation && !Object.values(parts).some((anomaly) => anomaly >= LEAST_SHOWN)) return null
  return {
    parts,
    ...(anomalyExplanation && {
      explanation: {
        threshold: clean.finite(anomalyExplanation.threshold, 0) ?? 0,
        reasons: anomalyExplanation.reasons.slice(0, MAX_REASONS).map((reason) => ({
          feature: clean.text(reason.feature, clean.KEYWORD_LENGTH),
          part: PART_NAMES[reason.part] ?? null,
          observed: clean.finite(reason.observed, null),
          usualLow: clean.finite(reason.usualLow, null),
          usualHigh: clean.finite(reason.usualHigh, null),
          usualAbsent: clean.finite(reason.usualAbsent, 0) ?? 0,
          share: clean.finite(reason.share, 0) ?? 0,
        })),
        smallestChange: anomalyExplanation.smallestChange.slice(0, MAX_CHANGES).map(({ feature, from, to }) => ({
          feature: clean.text(feature, clean.KEYWORD_LENGTH),
          from: clean.finite(from, null),
          to: clean.finite(to, null),
        })),
      },
    }),
  }
}

function partsOf(parts: AnomalyParts | undefined): AnomalyDetail['parts'] {
  const named = Object.entries({ forest: parts?.forest, autoencoder: parts?.autoencoder, context: parts?.context })
  return Object.fromEntries(named.filter(([, anomaly]) => Number.isFinite(anomaly)))
}

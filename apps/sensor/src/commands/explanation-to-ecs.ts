import { type AnomalyExplanation, AnomalyPart } from '@picket/proto/flow'

const PARTS: Record<number, string> = {
  [AnomalyPart.FOREST]: 'forest',
  [AnomalyPart.AUTOENCODER]: 'autoencoder',
  [AnomalyPart.CONTEXT]: 'context',
}

/** `picket.anomaly_explanation`: reasons, the strongest first, and what would not have reached the threshold. */
export function explanationToEcs({ reasons, smallestChange, threshold }: AnomalyExplanation): object {
  return {
    threshold,
    reasons: reasons.map((reason) => ({
      feature: reason.feature,
      part: PARTS[reason.part],
      ...(reason.observed !== undefined && { observed: reason.observed }),
      ...(reason.usualLow !== undefined && { usual: { low: reason.usualLow, high: reason.usualHigh } }),
      usual_absent: reason.usualAbsent,
      share: reason.share,
    })),
    smallest_change: smallestChange.map(({ feature, from, to }) => ({
      feature,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })),
  }
}

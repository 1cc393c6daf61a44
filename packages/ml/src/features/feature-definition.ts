/**
 * What a source of flows must know for a column: any flow record (core), every packet's time and length (timing-and-length), or what the
 * endpoints said in clear before they began (handshake).
 */
export type FeatureTier = 'core' | 'timing-and-length' | 'handshake'

/** One column of the feature vector. Absent values are NaN, never 0. */
export interface FeatureDefinition {
  /** `{forward|reverse|flow}_{quantity}_{statistic}_{unit}`. */
  readonly name: string
  readonly unit: string
  readonly tells: string
  readonly range: string
  /** When the value is NaN. */
  readonly absent: string
  readonly tier: FeatureTier
}

/** A column of the tier that only a meter of packets fills, until told otherwise. */
export const define = (
  name: string,
  unit: string,
  tells: string,
  range: string,
  absent = 'never',
): FeatureDefinition => ({ name, unit, tells, range, absent, tier: 'timing-and-length' })

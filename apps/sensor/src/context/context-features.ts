/** One context feature. Absent values are NaN. */
export interface ContextFeature {
  readonly name: string
  readonly unit: string
  readonly tells: string
  readonly absent: string
}

/** What surrounds a flow, in the order of its context row. None of them is in the vector that models are trained on. */
export const CONTEXT_FEATURES: readonly ContextFeature[] = [
  {
    name: 'context_source_destinations_count',
    unit: 'count',
    tells: 'distinct destinations of the source in the last 5 to 10 minutes, within 13 %',
    absent: 'never',
  },
  {
    name: 'context_source_ports_count',
    unit: 'count',
    tells: 'distinct destination ports of the source in the last 5 to 10 minutes, within 13 %',
    absent: 'never',
  },
  {
    name: 'context_source_rate_ratio',
    unit: 'ratio',
    tells: 'flows of the source this minute by those of its usual minutes, plus one',
    absent: 'the source is known for less than 10 minutes',
  },
  {
    name: 'context_destination_share_ratio',
    unit: 'ratio',
    tells: 'share of the flows of the interface that went to this destination in the last 12 to 24 hours',
    absent: 'never',
  },
  {
    name: 'context_service_share_ratio',
    unit: 'ratio',
    tells: 'share of the flows of the interface with this application and destination port in the last 12 to 24 hours',
    absent: 'never',
  },
  {
    name: 'context_pair_variation_ratio',
    unit: 'ratio',
    tells: 'variation of the intervals at which the source comes back to this service: 0 is a clock, 1 is chance',
    absent: 'fewer than 8 intervals of 2 s and more',
  },
  {
    name: 'context_pair_failures_count',
    unit: 'count',
    tells:
      'attempts of the source at this service that nobody answered or a reset ended, each counting half after 10 minutes',
    absent: 'not TCP',
  },
]

export const CONTEXT_COUNT = CONTEXT_FEATURES.length

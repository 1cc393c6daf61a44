import { InvalidFilterError } from '../errors.ts'
import { toEpochMs } from '../time.ts'
import type { SeriesColumn, TimeRange } from '../types/common.ts'

/** Steps people can read on an axis, seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 604_800]
const MAX_POINTS = 2000

/** Where samples of a step are read: as they came, or one of the aggregates. */
export type Resolution = 'raw' | 'minutes' | 'hours'

/** The buckets of a chart, all of one step, whole multiples of it since the epoch. */
export interface Buckets {
  stepSeconds: number
  /** Bucket starts, epoch seconds. */
  t: number[]
  resolution: Resolution
  /** SQL: the bucket index of a timestamptz expression; only for rows from `from` on. */
  indexOf: (moment: string) => string
  /** Range to read, as query parameters: whole buckets. */
  from: string
  to: string
  column: () => SeriesColumn
}

export interface BucketOptions {
  points?: number
  /** Before this moment (epoch ms) only aggregates are kept. */
  rawSinceMs?: number
  /** Whether there are aggregates to read from. */
  aggregated?: boolean
}

/** Divides a range into at most about `points` buckets (300 when absent). Throws `InvalidFilterError` on an empty range. */
export function bucketsOf(range: TimeRange, options: BucketOptions = {}): Buckets {
  const from = toEpochMs(range.from) / 1000
  const to = toEpochMs(range.to) / 1000
  if (to <= from) throw new InvalidFilterError('time range: expected "from" before "to"')
  const points = Math.min(MAX_POINTS, Math.max(1, Math.trunc(options.points ?? 300)))
  const wanted = (to - from) / points
  const finest = options.aggregated && options.rawSinceMs !== undefined && from * 1000 < options.rawSinceMs ? 60 : 1
  const step = Math.max(finest, STEPS.find((candidate) => candidate >= wanted) ?? Math.ceil(wanted / 604_800) * 604_800)
  const first = Math.floor(from / step)
  const count = Math.ceil(to / step) - first
  return {
    stepSeconds: step,
    t: Array.from({ length: count }, (_, i) => (first + i) * step),
    resolution: !options.aggregated || step < 60 ? 'raw' : step < 3600 ? 'minutes' : 'hours',
    indexOf: (moment) => `(floor(date_part('epoch', ${moment}) / ${step})::bigint - ${first})::integer`,
    from: new Date(first * step * 1000).toISOString(),
    to: new Date((first + count) * step * 1000).toISOString(),
    column: () => Array.from({ length: count }, () => null),
  }
}

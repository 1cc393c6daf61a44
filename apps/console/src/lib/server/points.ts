import type { TimeRange } from '#lib/time-range.ts'

const MAX_POINTS = 1000
/** Samples come once a second, give or take; a bucket under two seconds would show gaps where there are none. */
const MIN_STEP_S = 2

/** How many buckets a chart gets: what it asks for by `points`, bounded, and no finer than the samples. */
export function pointsOf(url: URL, range: Pick<TimeRange, 'fromMs' | 'toMs'>): number {
  const asked = Number(url.searchParams.get('points') ?? 450)
  const wanted = Number.isFinite(asked) ? Math.min(MAX_POINTS, Math.max(2, Math.round(asked))) : 450
  const finest = Math.max(2, Math.floor((range.toMs - range.fromMs) / 1000 / MIN_STEP_S))
  return Math.min(wanted, finest)
}

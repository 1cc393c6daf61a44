import type { TimeRange } from '#lib/time-range.ts'

const MAX_POINTS = 1000
/**
 * Finest bucket of each kind of series, seconds. A bucket no longer than the time between two samples would show gaps where
 * nothing is missing: interfaces are sampled every second, hosts every 5 s, links every 10 s, and a busy host is late.
 */
export const FINEST_STEP_S = { interfaces: 2, host: 15, health: 30 } as const

/** How many buckets a chart gets: what it asks for by `points`, bounded, and no finer than the samples. */
export function pointsOf(url: URL, range: Pick<TimeRange, 'fromMs' | 'toMs'>, finestStepS: number): number {
  const asked = Number(url.searchParams.get('points') ?? 450)
  const wanted = Number.isFinite(asked) ? Math.min(MAX_POINTS, Math.max(2, Math.round(asked))) : 450
  const finest = Math.max(2, Math.floor((range.toMs - range.fromMs) / 1000 / finestStepS))
  return Math.min(wanted, finest)
}

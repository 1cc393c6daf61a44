import type { FitnessRow, FitnessVerdict, ModelStatusRow } from '@picket/store'

/** A model that is not ready somewhere is looked at again this often: more flows came, or other ones. */
const AGAIN_AFTER_MS = 5 * 60_000
/** And one that is in use and ready, unless the sensor itself sees much that the model never saw. */
const IN_USE_AFTER_MS = 6 * 3_600_000
/** Share of the flows a sensor scored that lie outside what the model learned from, and how many flows it takes to believe it. */
const MUCH_OUTSIDE = 0.25
const MIN_SCORED = 1_000

export interface Standing {
  /** What was judged last. */
  known: FitnessRow | undefined
  isInUse: boolean
  /** What the sensor counts of it. */
  status: ModelStatusRow | undefined
}

/** Whether a model is to be judged on a host now, epoch milliseconds. */
export function isDue({ known, isInUse, status }: Standing, now: number): boolean {
  if (known === undefined) return true
  const isOdd = status !== undefined && status.flows >= MIN_SCORED && status.outside / status.flows > MUCH_OUTSIDE
  if (known.verdict !== 'ready' || (isInUse && isOdd)) return now - known.judgedAt > AGAIN_AFTER_MS
  return isInUse && now - known.judgedAt > IN_USE_AFTER_MS
}

/**
 * Whether a model is out of use on a host though it was in use before. It takes two refusals in a row to step back, and to be ready to
 * come back: what lies between changes nothing, so that a host at the edge does not swing to and fro.
 */
export function hasSteppedBack({ known, isInUse }: Standing, verdict: FitnessVerdict): boolean {
  if (verdict === 'ready') return false
  return (known?.steppedBack ?? false) || (isInUse && verdict === 'refuse' && known?.verdict === 'refuse')
}

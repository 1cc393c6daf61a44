import { sharesOf } from './feature-profile.ts'
import type { FeatureReference, ReferenceGroup } from './reference.ts'
import { shiftOf, type Shift } from './shift.ts'
import { countOutside } from './support.ts'

/** Rows below which nothing is said about a host. */
export const MIN_FITNESS_ROWS = 40
/** A feature has changed from here on (the common reading of the index), and its distance is beyond chance. */
const CHANGED_PSI = 0.25
/** Kolmogorov-Smirnov: critical value of the two-sample test at 0.01. */
const CRITICAL = 1.63

/** Up to these shares of changed features, and of rows outside the support beyond what chance gives, a model is ready, or may run in the shadow. */
const READY = { changed: 0.25, outside: 0.1 }
const SHADOW = { changed: 0.5, outside: 0.4 }

export type FitnessVerdict = 'ready' | 'shadow' | 'refuse'

export interface FeatureShift extends Shift {
  feature: string
  /** Share of this host's rows outside what the training rows had of it. */
  outside: number
  isChanged: boolean
  /** Whether its values differ anywhere, here or there. */
  isVarying: boolean
}

/** Whether a model made elsewhere can be used on a host. */
export interface Fitness {
  verdict: FitnessVerdict
  /** One sentence for people. */
  reason: string
  /** Rows it was judged on. */
  rows: number
  /** Share of the features whose distribution has changed, of those that vary at all. */
  changedShare: number
  /** Share of the rows outside the support of the training rows. */
  outsideShare: number
  /** Every feature, the most changed first. */
  features: FeatureShift[]
}

/** Compares recent rows of a host with the rows a model was trained on: with all of them, or with the host among them it is most like. */
export function judgeFitness(
  reference: FeatureReference,
  featureNames: readonly string[],
  rows: Float32Array,
): Fitness {
  const count = rows.length / featureNames.length
  if (count < MIN_FITNESS_ROWS) {
    const reason = `only ${count} flows to judge by, ${MIN_FITNESS_ROWS} are needed`
    return { verdict: 'shadow', reason, rows: count, changedShare: 0, outsideShare: 0, features: [] }
  }
  const outside = countOutside(rows, reference)
  const shares = reference.profiles.map((profile, column) => sharesOf(rows, featureNames.length, column, profile))
  const candidates = reference.groups.map((group) =>
    compare(group, shares, count).map((shift, column) => ({
      feature: featureNames[column],
      ...shift,
      outside: outside.byFeature[column] / count,
    })),
  )
  const features = candidates.reduce((best, other) => (changedShare(other) < changedShare(best) ? other : best))
  const found = {
    rows: count,
    changedShare: changedShare(features),
    outsideShare: outside.rows / count,
    features: features.toSorted((a, b) => b.psi + b.outside - (a.psi + a.outside)),
  }
  return conclude(found, reference.chanceOutside)
}

function compare(
  group: ReferenceGroup,
  shares: readonly number[][],
  rows: number,
): Omit<FeatureShift, 'feature' | 'outside'>[] {
  const critical = CRITICAL * Math.sqrt((rows + group.rows) / (rows * group.rows))
  return shares.map((here, column) => {
    const shift = shiftOf({ shares: here, rows }, { shares: group.shares[column], rows: group.rows })
    const isBeyondChance = shift.ks > critical || Math.abs(shift.absent) > critical
    const isVarying = here.some((share, bin) => share !== 1 && share + group.shares[column][bin] > 0)
    return { ...shift, isVarying, isChanged: shift.psi >= CHANGED_PSI && isBeyondChance }
  })
}

function changedShare(features: readonly FeatureShift[]): number {
  const varying = features.filter(({ isVarying }) => isVarying).length
  return varying === 0 ? 0 : features.filter(({ isChanged }) => isChanged).length / varying
}

function conclude(found: Omit<Fitness, 'verdict' | 'reason'>, chance: number): Fitness {
  const beyond = found.outsideShare - chance
  const within = (limit: typeof READY) => found.changedShare <= limit.changed && beyond <= limit.outside
  const verdict = within(READY) ? 'ready' : within(SHADOW) ? 'shadow' : 'refuse'
  const changed = found.features.filter(({ isChanged }) => isChanged).length
  const varying = found.features.filter(({ isVarying }) => isVarying).length
  const reason =
    `${changed} of ${varying} features are distributed differently here, ` +
    `${(found.outsideShare * 100).toFixed(1)} % of ${found.rows} flows hold something the training flows did not`
  return { verdict, reason, ...found }
}

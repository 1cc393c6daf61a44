/** How far the distribution of one feature has moved. */
export interface Shift {
  /**
   * Population stability index over the bins and the share of absent values: sum of (here - there) ln(here / there), less
   * what chance alone gives at these numbers of rows; 0 and up. Below 0.1 is commonly called stable, above 0.25 changed.
   */
  psi: number
  /** Kolmogorov-Smirnov distance of the present values at the edges of the bins, 0 to 1: at most the exact distance. */
  ks: number
  /** Share of rows without the feature here less that of the training rows, -1 to 1. */
  absent: number
}

/** Shares by bin with the share of absent values last, and the rows they were counted on. */
export interface CountedShares {
  shares: readonly number[]
  rows: number
}

/** Compares the shares of a feature here with those of the training rows. */
export function shiftOf(here: CountedShares, there: CountedShares): Shift {
  const last = here.shares.length - 1
  return {
    psi: Math.max(0, stabilityIndex(here, there) - chanceIndex(here, there)),
    ks: kolmogorovSmirnov(here.shares, there.shares),
    absent: here.shares[last] - there.shares[last],
  }
}

/** Empty bins count as half a row, so that the logarithm stays finite. */
function stabilityIndex(here: CountedShares, there: CountedShares): number {
  const smooth = ({ shares, rows }: CountedShares, bin: number) =>
    (shares[bin] * rows + 0.5) / (rows + shares.length / 2)
  return here.shares.reduce((sum, _, bin) => {
    const a = smooth(here, bin)
    const b = smooth(there, bin)
    return sum + (a - b) * Math.log(a / b)
  }, 0)
}

/** Expected index of two samples of one distribution (chi-squared approximation: bins less one, over each sample's rows). */
function chanceIndex(here: CountedShares, there: CountedShares): number {
  const used = here.shares.filter((share, bin) => share + there.shares[bin] > 0).length
  return Math.max(0, used - 1) * (1 / here.rows + 1 / there.rows)
}

function kolmogorovSmirnov(here: readonly number[], there: readonly number[]): number {
  const last = here.length - 1
  const presentHere = 1 - here[last]
  const presentThere = 1 - there[last]
  if (presentHere <= 0 || presentThere <= 0) return 0
  let a = 0
  let b = 0
  let distance = 0
  for (let bin = 0; bin < last; bin++) {
    a += here[bin] / presentHere
    b += there[bin] / presentThere
    distance = Math.max(distance, Math.abs(a - b))
  }
  return distance
}

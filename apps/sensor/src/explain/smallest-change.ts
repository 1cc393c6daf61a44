/** Columns that are tried at most. */
const MAX_CANDIDATES = 12
/** Rounds in which changes that are not needed are taken back. */
const MAX_ROUNDS = 4

/** The anomaly of each of some sets of columns put to their usual values. */
export type Judge = (changes: readonly (readonly number[])[]) => Promise<Float64Array>

/**
 * The fewest columns found that, put to usual values, leave the anomaly below the threshold: the shortest run of the strongest ones, less
 * those that turn out not to be needed. Empty where all candidates together do not do it. At most five calls of `judge`.
 */
export async function smallestChange(
  candidates: readonly number[],
  threshold: number,
  judge: Judge,
): Promise<readonly number[]> {
  const tried = candidates.slice(0, MAX_CANDIDATES)
  if (tried.length === 0) return []
  const runs = await judge(tried.map((_, i) => tried.slice(0, i + 1)))
  const enough = runs.findIndex((anomaly) => anomaly < threshold)
  if (enough < 0) return []
  let kept: readonly number[] = tried.slice(0, enough + 1)
  for (let round = 0; round < MAX_ROUNDS && kept.length > 1; round++) {
    const fewer = kept.map((left) => kept.filter((column) => column !== left))
    const anomalies = await judge(fewer)
    const lowest = anomalies.reduce((best, anomaly, i) => (anomaly < anomalies[best] ? i : best), 0)
    if (anomalies[lowest] >= threshold) break
    kept = fewer[lowest]
  }
  return kept
}

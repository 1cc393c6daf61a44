/**
 * Area under the ROC curve: the chance that a positive row scores higher than a negative one, ties counting half (Mann-Whitney).
 * NaN unless there are rows of both.
 */
export function auc(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  const order = ascending(scores)
  let rankSum = 0
  let positives = 0
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++
    // Ranks from+1 ... to are shared by the tie.
    const rank = (from + 1 + to) / 2
    for (let i = from; i < to; i++) {
      if (!positive[order[i]]) continue
      rankSum += rank
      positives++
    }
  }
  const negatives = scores.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** Area under precision over recall by steps: sum of (recall gained) * precision from the highest score down, ties together. */
export function averagePrecision(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>): number {
  const order = ascending(scores).toReversed()
  let found = 0
  let sum = 0
  for (let from = 0, to = 0; from < order.length; from = to) {
    const before = found
    while (to < order.length && scores[order[to]] === scores[order[from]]) if (positive[order[to++]]) found++
    sum += (found - before) * (found / to)
  }
  return sum / found
}

/** F1 of "score >= threshold means positive"; 0 where nothing is found. */
export function f1AtThreshold(
  scores: ArrayLike<number>,
  positive: ArrayLike<boolean | number>,
  threshold: number,
): number {
  let hits = 0
  let marked = 0
  let positives = 0
  for (let i = 0; i < scores.length; i++) {
    if (positive[i]) positives++
    if (scores[i] < threshold) continue
    marked++
    if (positive[i]) hits++
  }
  return hits === 0 ? 0 : (2 * hits) / (marked + positives)
}

const ascending = (scores: ArrayLike<number>): Uint32Array =>
  Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b])

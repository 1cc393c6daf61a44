/** Counts by [actual][predicted], in the order of the class list. */
export function confusion(actual: ArrayLike<number>, predicted: ArrayLike<number>, classCount: number): number[][] {
  const counts = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0))
  for (let i = 0; i < actual.length; i++) counts[actual[i]][predicted[i]]++
  return counts
}

/** Share of rows on the diagonal; NaN without rows. */
export function accuracy(counts: readonly (readonly number[])[]): number {
  let right = 0
  let all = 0
  counts.forEach((row, actual) =>
    row.forEach((count, predicted) => {
      all += count
      if (actual === predicted) right += count
    }),
  )
  return right / all
}

export interface ClassMetrics {
  precision: number
  recall: number
  f1: number
  /** Rows of the class. */
  support: number
}

/** Precision, recall and F1 of each class; 0 where the denominator is 0, as scikit-learn has it. */
export function perClass(counts: readonly (readonly number[])[]): ClassMetrics[] {
  return counts.map((row, k) => {
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = counts.reduce((sum, other) => sum + other[k], 0)
    const precision = predicted > 0 ? row[k] / predicted : 0
    const recall = support > 0 ? row[k] / support : 0
    const f1 = row[k] > 0 ? (2 * row[k]) / (support + predicted) : 0
    return { precision, recall, f1, support }
  })
}

/** Mean F1 over the classes that were there or were predicted; NaN without any. */
export function macroF1(counts: readonly (readonly number[])[]): number {
  const present = perClass(counts).filter(({ support }, k) => support > 0 || counts.some((row) => row[k] > 0))
  return present.reduce((sum, { f1 }) => sum + f1, 0) / present.length
}

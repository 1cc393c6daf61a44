/** Share of the benign rows that reach a threshold. */
export function benignAbove(anomaly: ArrayLike<number>, positive: readonly boolean[], threshold: number): number {
  const benign = positive.flatMap((isPositive, i) => (isPositive ? [] : [anomaly[i]]))
  return benign.filter((value) => value >= threshold).length / benign.length
}

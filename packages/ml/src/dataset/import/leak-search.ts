/** A column that gives the label for this share of the rows, classes weighing the same, leaks it. */
const LEAK_SHARE = 0.99
const BINS = 64

export interface Leak {
  column: string
  /** Share of the rows whose label the column alone gives, the mean over the classes. */
  accuracy: number
}

/**
 * Columns that alone give the label: each row's label is guessed from the other rows with the same value, or in the same one of 64
 * quantile bins of a number. A column of nothing but different values gives nothing, as no other row has the same.
 */
export function findLeaks(columns: ReadonlyMap<string, readonly string[]>, labels: readonly string[]): Leak[] {
  if (new Set(labels).size < 2) return []
  return [...columns]
    .map(([column, values]) => ({ column, accuracy: Math.max(...groupings(values).map((g) => accuracyOf(g, labels))) }))
    .filter(({ accuracy }) => accuracy >= LEAK_SHARE)
    .sort((a, b) => b.accuracy - a.accuracy || (a.column < b.column ? -1 : 1))
}

function groupings(values: readonly string[]): (readonly string[])[] {
  const numbers = values.map((value) => (value.trim() === '' ? NaN : Number(value)))
  const present = numbers.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  if (present.length < values.length / 2) return [values]
  const edges = Array.from({ length: BINS - 1 }, (_, i) => present[Math.floor(((i + 1) * present.length) / BINS)])
  const binOf = (value: number) =>
    Number.isNaN(value) ? 'absent' : String(edges.filter((edge) => edge <= value).length)
  return [values, numbers.map(binOf)]
}

/** Leave-one-out accuracy of the most frequent label of the group, the mean over the classes. */
function accuracyOf(groups: readonly string[], labels: readonly string[]): number {
  const counts = new Map<string, Map<string, number>>()
  groups.forEach((group, i) => {
    let byLabel = counts.get(group)
    if (!byLabel) counts.set(group, (byLabel = new Map()))
    byLabel.set(labels[i], (byLabel.get(labels[i]) ?? 0) + 1)
  })
  const right = new Map<string, { right: number; rows: number }>()
  groups.forEach((group, i) => {
    const label = labels[i]
    const byLabel = counts.get(group)!
    const own = byLabel.get(label)! - 1
    const others = Math.max(0, ...[...byLabel].filter(([name]) => name !== label).map(([, count]) => count))
    const score = right.get(label) ?? { right: 0, rows: 0 }
    score.rows++
    if (own > others) score.right++
    right.set(label, score)
  })
  const shares = [...right.values()].map((score) => score.right / score.rows)
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}

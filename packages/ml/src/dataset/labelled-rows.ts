/** A table in memory: row-major float32 values, finite or NaN, and what each row is. */
export interface LabelledRows {
  readonly featureNames: readonly string[]
  readonly rows: Float32Array
  /** Index into `classes`; UNLABELLED where nothing is known. */
  readonly labels: Uint16Array
  readonly classes: readonly string[]
}

export const UNLABELLED = 0xffff

const LARGEST = 3.4028234663852886e38

/** Infinities become the largest float32, so that every present value is finite. */
export function clipInfinite(value: number): number {
  return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value
}

export const rowCount = (data: LabelledRows): number => data.labels.length

/** The rows at these positions, in this order. */
export function selectRows(data: LabelledRows, positions: ArrayLike<number>): LabelledRows {
  const width = data.featureNames.length
  const rows = new Float32Array(positions.length * width)
  const labels = new Uint16Array(positions.length)
  for (let i = 0; i < positions.length; i++) {
    const from = positions[i] * width
    rows.set(data.rows.subarray(from, from + width), i * width)
    labels[i] = data.labels[positions[i]]
  }
  return { ...data, rows, labels }
}

/** The first `count` columns of the same rows. */
export function firstColumns(data: LabelledRows, count: number): LabelledRows {
  const width = data.featureNames.length
  if (count === width) return data
  const rows = new Float32Array(rowCount(data) * count)
  for (let i = 0; i < rowCount(data); i++) rows.set(data.rows.subarray(i * width, i * width + count), i * count)
  return { ...data, rows, featureNames: data.featureNames.slice(0, count) }
}

/** Positions of the rows whose label passes. */
export function positionsWhere(data: LabelledRows, accepts: (label: string | undefined) => boolean): number[] {
  const accepted = data.classes.map((name) => accepts(name))
  const acceptsUnlabelled = accepts(undefined)
  const positions: number[] = []
  data.labels.forEach((label, i) => {
    if (label === UNLABELLED ? acceptsUnlabelled : accepted[label]) positions.push(i)
  })
  return positions
}

/** The same rows with only the classes that have at least `minRows` rows, in alphabetical order; the others become unlabelled. */
export function compactClasses(data: LabelledRows, minRows = 1): LabelledRows {
  const counts = new Map<number, number>()
  for (const label of data.labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const classes = data.classes.filter((_, i) => (counts.get(i) ?? 0) >= minRows).sort()
  const position = data.classes.map((name) => classes.indexOf(name))
  const labels = data.labels.map((label) => {
    const at = label === UNLABELLED ? -1 : position[label]
    return at < 0 ? UNLABELLED : at
  })
  return { ...data, classes, labels }
}

import { createRandom, partSeed, sampleIndices } from './random.ts'
import type { RandomForest } from './random-forest.ts'

/**
 * What each column is worth to a forest (Breiman 2001): accuracy lost on labelled rows it did not learn from when the column's values
 * are dealt out anew among them. Columns that say the same share what they are worth, or hide it.
 */
export function permutationImportance(
  forest: RandomForest,
  rows: Float32Array,
  labels: Uint16Array,
  seed: number,
): Float64Array {
  const { featureCount } = forest
  const whole = accuracyOf(forest, rows, labels)
  const dealt = rows.slice()
  return Float64Array.from({ length: featureCount }, (_, column) => {
    const order = sampleIndices(labels.length, labels.length, createRandom(partSeed(seed, column)))
    order.forEach((from, i) => (dealt[i * featureCount + column] = rows[from * featureCount + column]))
    const lost = whole - accuracyOf(forest, dealt, labels)
    for (let at = column; at < rows.length; at += featureCount) dealt[at] = rows[at]
    return lost
  })
}

function accuracyOf(forest: RandomForest, rows: Float32Array, labels: Uint16Array): number {
  const probabilities = forest.predict(rows)
  let right = 0
  labels.forEach((label, i) => {
    const row = probabilities.subarray(i * forest.classCount, (i + 1) * forest.classCount)
    if (row.indexOf(Math.max(...row)) === label) right++
  })
  return right / labels.length
}

import { createRandom } from '../src/training/random.ts'

export interface GeneratedRows {
  rows: Float32Array
  labels: Uint16Array
}

export const COLUMNS = 48
export const CLASSES = 8

/**
 * Rows drawn by seed: 48 columns, a third of them heavy-tailed, the others uniform. The class, one of 8, depends on eight of the
 * uniform columns and on some noise, so that no model is perfect and trees grow deep.
 */
export function generateRows(count: number, seed: number): GeneratedRows {
  const random = createRandom(seed)
  const rows = new Float32Array(count * COLUMNS)
  for (let i = 0; i < rows.length; i++) rows[i] = (i % COLUMNS) % 3 === 0 ? Math.exp(random() * 12) : random()
  const labels = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    let sum = random() * 0.5
    for (let column = 1; column < 13; column += 3) sum += rows[i * COLUMNS + column] + rows[i * COLUMNS + column + 1]
    labels[i] = Math.min(CLASSES - 1, Math.floor(sum * 0.95))
  }
  return { rows, labels }
}

/** The same rows with one in ten made odd, label 1: three of its uniform columns lie outside of where all others do. */
export function generateOddRows(count: number, seed: number): GeneratedRows {
  const { rows } = generateRows(count, seed)
  const random = createRandom(seed + 1)
  const labels = new Uint16Array(count)
  for (let i = 0; i < count; i += 10) {
    labels[i] = 1
    for (let change = 0; change < 3; change++) {
      const column = 3 * Math.floor(random() * (COLUMNS / 3)) + 1
      rows[i * COLUMNS + column] = 1 + 0.5 * random()
    }
  }
  return { rows, labels }
}

import { rowCount, selectRows, type LabelledRows } from '../dataset/labelled-rows.ts'
import { createRandom, sampleIndices } from './random.ts'

/** A seeded split of the rows; at least one row lands on each side when there are two or more. */
export function splitHoldout(
  data: LabelledRows,
  holdoutShare: number,
  seed: number,
): { training: LabelledRows; holdout: LabelledRows } {
  const count = rowCount(data)
  const held = Math.min(count - 1, Math.max(1, Math.round(count * holdoutShare)))
  const order = sampleIndices(count, count, createRandom(seed))
  return { training: selectRows(data, order.subarray(held)), holdout: selectRows(data, order.subarray(0, held)) }
}

import { normalInterval, type Interval } from './interval.ts'

/** Areas under the ROC curve of one or two models on the same rows, and their difference, first less second. */
export interface AucComparison {
  first: Interval
  second: Interval | null
  difference: Interval | null
}

/**
 * Areas with intervals by the structural components of DeLong, DeLong and Clarke-Pearson (1988), summed over blocks of rows that
 * belong together (Obuchowski 1997): flows of one host and moment are not independent. Needs rows of both sorts.
 */
export function compareAuc(
  scores: readonly [ArrayLike<number>, ArrayLike<number>?],
  positive: ArrayLike<boolean | number>,
  blocks: ArrayLike<number>,
): AucComparison {
  const first = areaOf(scores[0], positive, blocks)
  const interval = ({ area, parts }: Area) => normalInterval(area, deviationOf(parts), [0, 1])
  if (scores[1] === undefined) return { first: interval(first), second: null, difference: null }
  const second = areaOf(scores[1], positive, blocks)
  const gains = new Map([...first.parts].map(([block, part]) => [block, part - (second.parts.get(block) ?? 0)]))
  return {
    first: interval(first),
    second: interval(second),
    difference: normalInterval(first.area - second.area, deviationOf(gains), [-1, 1]),
  }
}

interface Area {
  area: number
  /** What each block moves the area by. */
  parts: Map<number, number>
}

function areaOf(scores: ArrayLike<number>, positive: ArrayLike<boolean | number>, blocks: ArrayLike<number>): Area {
  const count = scores.length
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => scores[a] - scores[b])
  let positives = 0
  for (let i = 0; i < count; i++) if (positive[i]) positives++
  const negatives = count - positives
  // Share of the other sort that a row is on the right side of, ties half: V10 and V01 of the paper.
  const placement = new Float64Array(count)
  let positivesBelow = 0
  let negativesBelow = 0
  for (let from = 0, to = 0; from < count; from = to) {
    let tiedPositives = 0
    while (to < count && scores[order[to]] === scores[order[from]]) if (positive[order[to++]]) tiedPositives++
    const tiedNegatives = to - from - tiedPositives
    for (let i = from; i < to; i++) {
      placement[order[i]] = positive[order[i]]
        ? (negativesBelow + tiedNegatives / 2) / negatives
        : 1 - (positivesBelow + tiedPositives / 2) / positives
    }
    positivesBelow += tiedPositives
    negativesBelow += tiedNegatives
  }
  let area = 0
  for (let i = 0; i < count; i++) if (positive[i]) area += placement[i] / positives
  const parts = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const part = (placement[i] - area) / (positive[i] ? positives : negatives)
    parts.set(blocks[i], (parts.get(blocks[i]) ?? 0) + part)
  }
  return { area, parts }
}

function deviationOf(parts: ReadonlyMap<number, number>): number {
  const blocks = parts.size
  if (blocks < 2) return Infinity
  let sum = 0
  for (const part of parts.values()) sum += part * part
  return Math.sqrt((sum * blocks) / (blocks - 1))
}

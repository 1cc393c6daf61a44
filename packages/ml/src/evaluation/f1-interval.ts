import { createRandom } from '../training/random.ts'
import { macroF1 } from './classification-metrics.ts'
import type { Interval } from './interval.ts'

const RESAMPLES = 1000

/** Macro-F1 of one or two models on the same rows, and their difference, first less second. */
export interface F1Comparison {
  first: Interval
  second: Interval | null
  difference: Interval | null
}

/**
 * Macro-F1 with intervals by a bootstrap over blocks of rows that belong together (Efron 1979; cluster form): 1,000 seeded draws of
 * whole blocks, the same draws for both models, between the 2.5th and the 97.5th of a hundred.
 */
export function compareMacroF1(
  predicted: readonly [ArrayLike<number>, ArrayLike<number>?],
  actual: ArrayLike<number>,
  blocks: ArrayLike<number>,
  { classes, seed }: { classes: number; seed: number },
): F1Comparison {
  const [first, second] = predicted.map((answers) =>
    answers === undefined ? undefined : countBlocks(answers, actual, blocks, classes),
  )
  const whole = first!.map((_, block) => block)
  const values = (counts: Uint32Array[], drawn: readonly number[]) => macroF1(sumBlocks(counts, drawn, classes))
  const random = createRandom(seed)
  const draws = Array.from({ length: RESAMPLES }, () => {
    const drawn = whole.map(() => Math.floor(random() * whole.length))
    return [values(first!, drawn), second ? values(second, drawn) : 0] as const
  })
  const interval = (value: number, sample: number[]): Interval => {
    const sorted = sample.filter((each) => !Number.isNaN(each)).sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN
    return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) }
  }
  const a = values(first!, whole)
  const firstInterval = interval(
    a,
    draws.map(([value]) => value),
  )
  if (!second) return { first: firstInterval, second: null, difference: null }
  const b = values(second, whole)
  return {
    first: firstInterval,
    second: interval(
      b,
      draws.map(([, value]) => value),
    ),
    difference: interval(
      a - b,
      draws.map(([x, y]) => x - y),
    ),
  }
}

/** Confusion counts of each block, [actual][predicted] in one row. */
function countBlocks(
  answers: ArrayLike<number>,
  actual: ArrayLike<number>,
  blocks: ArrayLike<number>,
  classes: number,
): Uint32Array[] {
  const byBlock = new Map<number, Uint32Array>()
  for (let i = 0; i < actual.length; i++) {
    let counts = byBlock.get(blocks[i])
    if (!counts) byBlock.set(blocks[i], (counts = new Uint32Array(classes * classes)))
    counts[actual[i] * classes + answers[i]]++
  }
  return [...byBlock.values()]
}

function sumBlocks(counts: readonly Uint32Array[], drawn: readonly number[], classes: number): number[][] {
  const sum = new Float64Array(classes * classes)
  for (const block of drawn) for (let i = 0; i < sum.length; i++) sum[i] += counts[block][i]
  return Array.from({ length: classes }, (_, k) => [...sum.subarray(k * classes, (k + 1) * classes)])
}

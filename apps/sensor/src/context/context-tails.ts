import type { ContextSupport } from './context-rows.ts'

/** Flows of an interface before something that was never seen there begins to be rare: one in a hundred of them. */
const FLOWS_A_RARITY = 100

/**
 * How rare each value of a context row is before anything is known of the interface: a first guess, 1 usual to 0, that the sketches of the
 * interface turn into its own shares. Absent values are 1, as are shares of few flows. Both rows begin at `at`.
 */
export function writeContextTails(row: Float32Array, support: ContextSupport, tails: Float32Array, at: number): void {
  const rarity = 1 + support.flows / FLOWS_A_RARITY
  tails[at] = (1 + row[at] / 5) ** -1.6
  tails[at + 1] = (1 + row[at + 1] / 3) ** -2
  tails[at + 2] = Number.isNaN(row[at + 2]) ? 1 : Math.min(1, row[at + 2] ** -2)
  tails[at + 3] = Math.min(1, (1 + row[at + 3] * support.flows) / rarity)
  tails[at + 4] = Math.min(1, (1 + row[at + 4] * support.flows) / rarity)
  // The variation of chance is 1 within one by the root of the intervals.
  tails[at + 5] = Number.isNaN(row[at + 5]) ? 1 : Math.min(1, row[at + 5] ** 2 + support.intervals ** -2)
  tails[at + 6] = Number.isNaN(row[at + 6]) ? 1 : (1 + row[at + 6] / 2) ** -2
}

import type { Pair } from './judge.ts'
import type { Peer } from './peer.ts'

/** One line of the table of results. */
export interface Result {
  data: string
  /** What was learned from / what was judged. */
  split: string
  model: string
  measure: string
  goal?: number
  value: number
  /** The same measure of scikit-learn with the same rows and settings. */
  peer?: number
  /** Of several judgements, of which `value` is the mean. */
  range?: readonly [least: number, most: number]
}

/** A drawing that goes beside the table. */
export interface Figure {
  name: string
  svg: string
}

export interface JudgeContext {
  peer: Peer | undefined
  draw(figure: Figure): void
}

export type Judge = (context: JudgeContext) => AsyncGenerator<Result>

/** Both sides by one measure. */
export function measured<T>({ own, peer }: Pair<T>, measure: (answer: T) => number): Pick<Result, 'value' | 'peer'> {
  return { value: measure(own), ...(peer !== undefined && { peer: measure(peer) }) }
}

/** Several judgements as one. */
export function meanOf(parts: readonly Pick<Result, 'value' | 'peer'>[]): Pick<Result, 'value' | 'peer' | 'range'> {
  const values = parts.map(({ value }) => value)
  const peers = parts.flatMap(({ peer }) => (peer === undefined ? [] : [peer]))
  return {
    value: mean(values),
    ...(peers.length === parts.length && { peer: mean(peers) }),
    range: [Math.min(...values), Math.max(...values)],
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

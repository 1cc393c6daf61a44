import { FEATURE_COUNT, FEATURE_NAMES } from '@picket/ml/features'
import { pathShortening } from '@picket/ml/explanation/live'
import { AnomalyPart, type AnomalyParts, type AnomalyReason } from '@picket/proto'
import { CONTEXT_FEATURES } from '../context/context-features.ts'
import type { Ground } from './ground.ts'

const ROW_NAMES: readonly string[] = [...FEATURE_NAMES, ...CONTEXT_FEATURES.map(({ name }) => name)]

/** A column of the row that moved the anomaly of a part. */
export interface MovedColumn {
  readonly column: number
  readonly part: AnomalyPart
  /** Of what moved the part, 0 to 1. */
  readonly share: number
}

export interface MovingFacts {
  parts: AnomalyParts
  threshold: number
  /** Features, then context. */
  row: Float32Array
  /** Error of each feature in the autoencoder. */
  errors: Float32Array | undefined
  /** How rare each context value is on the interface, 1 usual to 0. */
  contextTails: Float32Array
}

/**
 * Which columns moved the parts that find the flow anomalous, the strongest first, each column once: steps of path that the forest's trees
 * saved, error of reconstruction beyond the usual, and how rare the context is, each as a share of all of its part.
 */
export function movedColumns(ground: Ground, facts: MovingFacts): MovedColumn[] {
  const { parts, threshold, row, errors, contextTails } = facts
  const least = Math.min(threshold, highestOf(parts))
  const moved: MovedColumn[] = []
  if (ground.trees && (parts.forest ?? -1) >= least) {
    addShares(moved, AnomalyPart.FOREST, pathShortening(ground.trees, row.subarray(0, FEATURE_COUNT)), 0)
  }
  if (ground.errors && errors && (parts.autoencoder ?? -1) >= least) {
    const beyond = ground.errors.map((usual, column) => errors[column] - usual)
    addShares(moved, AnomalyPart.AUTOENCODER, beyond, 0)
  }
  if ((parts.context ?? -1) >= least) {
    const rareness = Float64Array.from(contextTails, (tail) => (tail > 0 ? -Math.log(tail) : 0))
    addShares(moved, AnomalyPart.CONTEXT, rareness, FEATURE_COUNT)
  }
  moved.sort((a, b) => b.share - a.share || a.column - b.column)
  const seen = new Set<number>()
  return moved.filter(({ column }) => !seen.has(column) && seen.add(column))
}

export function toReason({ column, part, share }: MovedColumn, row: Float32Array, ground: Ground): AnomalyReason {
  const { low, high, absent } = ground.ranges[column]
  return {
    feature: ROW_NAMES[column],
    part,
    observed: present(row[column]),
    usualLow: present(low),
    usualHigh: present(high),
    usualAbsent: absent,
    share,
  }
}

export const nameOfColumn = (column: number): string => ROW_NAMES[column]

export const present = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

const highestOf = ({ forest = 0, autoencoder = 0, context = 0 }: AnomalyParts): number =>
  Math.max(forest, autoencoder, context)

function addShares(moved: MovedColumn[], part: AnomalyPart, moves: Float64Array, firstColumn: number): void {
  let sum = 0
  for (const move of moves) if (move > 0) sum += move
  moves.forEach((move, i) => {
    if (move > 0) moved.push({ column: firstColumn + i, part, share: move / sum })
  })
}

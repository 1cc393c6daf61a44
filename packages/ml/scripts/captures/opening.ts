import { FEATURE_NAMES, SEQUENCE_LENGTH, SEQUENCE_NAMES } from '../../src/features/index.ts'

const COLUMNS = SEQUENCE_NAMES.map((name) => FEATURE_NAMES.indexOf(name))
const TURNS = FEATURE_NAMES.indexOf('flow_opening_turns_count')
const FORWARD = FEATURE_NAMES.indexOf('flow_opening_forward_ratio')

/** A payload packet of a flow: its length, negative from the responder, and its gap. */
export interface OpeningPacket {
  length: number
  gap: number
}

/** The first payload packets that a feature vector holds. */
export function openingOf(features: Float32Array): OpeningPacket[] {
  return COLUMNS.slice(0, SEQUENCE_LENGTH)
    .map((column, i) => ({ length: features[column], gap: features[COLUMNS[SEQUENCE_LENGTH + i]] }))
    .filter(({ length }) => !Number.isNaN(length))
}

/** The same vector with other packets, as many of them and of the same sizes and gaps, at its beginning. */
export function withOpening(features: Float32Array, opening: readonly OpeningPacket[]): Float32Array {
  const changed = features.slice()
  opening.forEach(({ length, gap }, i) => {
    changed[COLUMNS[i]] = length
    changed[COLUMNS[SEQUENCE_LENGTH + i]] = gap
  })
  const isForward = opening.map(({ length }) => length >= 0)
  changed[TURNS] = isForward.filter((is, i) => i > 0 && is !== isForward[i - 1]).length
  changed[FORWARD] = isForward.filter(Boolean).length / opening.length
  return changed
}

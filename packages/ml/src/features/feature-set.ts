import { createHash } from 'node:crypto'
import { FEATURE_TABLE } from './feature-table.ts'
import { DIRECT_GAPS, DIRECT_LENGTHS, SEQUENCE_LENGTH } from './sequence-table.ts'

/** Raised whenever a feature is added, removed, renamed or computed differently. */
export const FEATURE_SET_VERSION = 3

export const FEATURE_NAMES: readonly string[] = FEATURE_TABLE.map((feature) => feature.name)

export const FEATURE_COUNT = FEATURE_NAMES.length

/** Columns before the rest of the sequence: what a model reads that takes every column for itself. */
export const STATISTIC_COUNT = FEATURE_COUNT - (SEQUENCE_LENGTH - DIRECT_LENGTHS) - (SEQUENCE_LENGTH - DIRECT_GAPS)

/** SHA-256 in hex over the version and the names in order: a model fits a vector only if this is equal. */
export const FEATURE_SET_HASH = featureSetHash(FEATURE_SET_VERSION, FEATURE_NAMES)

/** The same hash for any other column set, such as a table a model was trained on (version 0). */
export function featureSetHash(version: number, names: readonly string[]): string {
  return createHash('sha256')
    .update([`picket-features-${version}`, ...names].join('\n'))
    .digest('hex')
}

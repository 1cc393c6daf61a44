import { createHash } from 'node:crypto'
import { FEATURE_TABLE } from './feature-table.ts'

/** Raised whenever a feature is added, removed, renamed or computed differently. */
export const FEATURE_SET_VERSION = 2

export const FEATURE_NAMES: readonly string[] = FEATURE_TABLE.map((feature) => feature.name)

export const FEATURE_COUNT = FEATURE_NAMES.length

/** SHA-256 in hex over the version and the names in order: a model fits a vector only if this is equal. */
export const FEATURE_SET_HASH = featureSetHash(FEATURE_SET_VERSION, FEATURE_NAMES)

/** The same hash for any other column set, such as a table a model was trained on (version 0). */
export function featureSetHash(version: number, names: readonly string[]): string {
  return createHash('sha256')
    .update([`picket-features-${version}`, ...names].join('\n'))
    .digest('hex')
}

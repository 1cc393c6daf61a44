export {
  FEATURE_COUNT,
  FEATURE_NAMES,
  FEATURE_SET_HASH,
  FEATURE_SET_VERSION,
  STATISTIC_COUNT,
  featureSetHash,
} from './feature-set.ts'
export type { FeatureDefinition, FeatureTier } from './feature-definition.ts'
export { FEATURE_TABLE } from './feature-table.ts'
export { flowFeatures } from './flow-features.ts'
export { SEQUENCE_LENGTH, SEQUENCE_NAMES } from './sequence-table.ts'

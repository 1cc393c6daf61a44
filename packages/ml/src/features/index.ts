export { FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH, FEATURE_SET_VERSION, featureSetHash } from './feature-set.ts'
export { FEATURE_TABLE, type FeatureDefinition } from './feature-table.ts'
export { flowFeatures } from './flow-features.ts'

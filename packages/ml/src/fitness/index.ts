export type { FeatureProfile } from './feature-profile.ts'
export {
  MIN_FITNESS_ROWS,
  judgeFitness,
  type FeatureShift,
  type Fitness,
  type FitnessVerdict,
} from './judge-fitness.ts'
export { ReferenceSample } from './reference-sample.ts'
export { describeParts, describeRows, type FeatureReference, type ReferenceGroup } from './reference.ts'

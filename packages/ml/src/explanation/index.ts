export { ClassExplainer, type ClassReason } from './explain-class.ts'
export { AnomalyExplainer, type AnomalyExplanation, type FeatureReason } from './explain-anomaly.ts'
export { usualRanges, type UsualRange } from './usual-range.ts'

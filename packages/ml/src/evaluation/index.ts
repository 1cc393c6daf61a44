export { accuracy, confusion, macroF1, perClass, type ClassMetrics } from './classification-metrics.ts'
export { auc, averagePrecision, f1AtThreshold } from './ranking-metrics.ts'
export { evaluateAnomaly, evaluateClassifier, type AnomalyReport, type ClassifierReport } from './evaluate-model.ts'
export { UNLABELLED, type LabelledRows } from '../dataset/labelled-rows.ts'

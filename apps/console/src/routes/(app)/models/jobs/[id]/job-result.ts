interface Interval {
  value: number
  low: number
  high: number
}

/** A model beside the one in use, as the worker writes it; older jobs have no intervals. */
export interface ComparisonResult {
  verdict: string
  metric: string
  interval?: Interval | null
  activeInterval?: Interval | null
  difference?: Interval | null
  method?: string
  holdoutFlows: number
  holdoutBlocks?: number
}

/** What the worker writes when training is over: one entry a kind. */
export interface KindResult {
  kind: string
  outcome: 'offered' | 'kept' | 'failed'
  modelId?: string
  reason?: string
  comparison?: ComparisonResult
  metrics?: Record<string, number>
}

export interface EvaluationResult {
  modelId: string
  kind: string
  comparison: ComparisonResult
  metrics: Record<string, number>
}

export interface BacktestResult {
  modelId: string
  kind: string
  activeModelId: string | null
  hosts: {
    sensorId: string
    hostname: string
    flows: number
    flagged: number
    flaggedADay: number | null
    activeFlaggedADay: number | null
    agreed: number | null
  }[]
}

export interface DatasetResult {
  id: string
  rows: number
  labels: Record<string, number>
  splitBy: string
  splits: Record<'train' | 'test', Record<string, number>>
  oneSided: string[]
  duplicates: { duplicates: number; conflicting: number; inBothSplits: number; sampled: number }
  leaks: { rows: number; columns: { column: string; accuracy: number }[] }
  sources: { file: string; sha256: string; rows?: number }[]
}

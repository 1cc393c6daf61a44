import type { ClassSource } from '@picket/proto'
import type { TrafficClass } from './traffic-classes.ts'

/** One answer of the hybrid rule. `application` is empty where only the class is known; confidence is 0 to 1. */
export interface Verdict {
  class: TrafficClass
  confidence: number
  source: ClassSource
  application: string
}

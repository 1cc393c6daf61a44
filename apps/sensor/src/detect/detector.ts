import type { Finding, Flow } from '@picket/proto'

/** Looks for one kind of behaviour in exported flows. Pure: packet time is the clock, memory is bounded. */
export interface Detector {
  readonly kind: string
  observe(flow: Flow): void
  /** Findings of windows that crossed their threshold since the call before; one an entity and window. */
  take(): Finding[]
}

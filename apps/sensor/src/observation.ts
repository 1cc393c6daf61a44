import type { CoverageGap, Flow, Interface, InterfaceSample } from '@picket/proto'

/**
 * What the wire side hands on, about once a second and at the end; any array may be empty. Ownership passes to the
 * receiver: the wire side keeps no reference to any object in it.
 */
export interface Observation {
  /** Ended flows, everything filled in but class, application and anomaly. */
  flows: Flow[]
  interfaceSamples: InterfaceSample[]
  coverageGaps: CoverageGap[]
  /** Interfaces that appeared or whose description changed; all of them in the first observation of a run. */
  interfaces: Interface[]
  /** Packets read since the observation before, own uplink traffic left out. */
  packetsRead: number
  /** The packet clock: latest packet time seen, microseconds since the epoch; 0 before the first packet. */
  packetTimeUs: number
}

export type ObservationSink = (observation: Observation) => void

/** A long-lived part. `stop` is idempotent and legal before `start`. */
export interface Stage {
  start(): Promise<void>
  stop(): Promise<void>
}

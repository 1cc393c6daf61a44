import type { DnsFacts, HttpFacts, TlsFacts } from '@picket/proto'
import type { SeriesColumn, TimeRange } from './common.ts'

/** Names of `EndReason` values, IPFIX flowEndReason 136. */
export type EndReasonName = 'unspecified' | 'idle' | 'active' | 'end-of-flow' | 'forced' | 'lack-of-resources'

/** Names of `ClassSource` values; null when not classified. */
export type ClassSourceName = 'recogniser' | 'host-name' | 'model' | 'port' | 'behaviour'

/** A flow as stored: the proto Flow's facts in the form a page, an export or a trainer reads. */
export interface FlowRow {
  id: number
  sensorId: string
  /** Host name of the sensor. */
  hostname: string
  interface: string
  startUs: number
  endUs: number
  /** Null for traffic that is not IP. */
  sourceAddress: string | null
  destinationAddress: string | null
  sourcePort: number
  destinationPort: number
  /** IP protocol number. */
  protocol: number
  etherType: number
  vlanId: number | null
  sourceMac: string | null
  destinationMac: string | null
  communityId: string
  endReason: EndReasonName
  forwardPackets: number
  forwardOctets: number
  reversePackets: number
  reverseOctets: number
  /** Both directions. */
  packets: number
  octets: number
  /** TCP only. Flags seen, letters of "FSRPAU" (IPFIX tcpControlBits 6). */
  tcp: {
    forwardFlags: string
    reverseFlags: string
    forwardRetransmissions: number
    reverseRetransmissions: number
  } | null
  handshakeRttUs: number | null
  protocolName: string
  hostName: string
  application: string
  tls: TlsFacts | null
  /** What was read in clear beside tls, dns and http, by dotted name. */
  fields?: Record<string, string> | null
  dns: DnsFacts | null
  http: HttpFacts | null
  class: string
  classConfidence: number
  classSource: ClassSourceName | null
  anomaly: number | null
  anomalyModelId: string
  continued: boolean
}

/** A flow with what only its own page needs. */
export interface FlowDetail extends FlowRow {
  features: (number | null)[]
  featureSetVersion: number
  /** Null where no part of the ensemble found much. */
  anomalyDetail: AnomalyDetail | null
}

/** Names of `AnomalyPart` values. */
export type AnomalyPartName = 'forest' | 'autoencoder' | 'context'

/** What each part of the ensemble said about a flow, 0 to 1, and why, where it was explained. */
export interface AnomalyDetail {
  parts: Partial<Record<AnomalyPartName, number>>
  explanation?: {
    /** The threshold it was explained for. */
    threshold: number
    /** The strongest first. */
    reasons: {
      feature: string
      part: AnomalyPartName | null
      /** Null where the flow has no such value. */
      observed: number | null
      /** 5 in 100 usual flows lie below, 5 in 100 above; null where usual flows have no such value. */
      usualLow: number | null
      usualHigh: number | null
      /** Share of usual flows without it, 0 to 1. */
      usualAbsent: number
      /** Share of what moved the score, 0 to 1. */
      share: number
    }[]
    /** The fewest changes found with which it would not have fired; null: without a value. */
    smallestChange: { feature: string; from: number | null; to: number | null }[]
  }
}

/** All conditions hold together; absent means any. The range is on the end of the flow. */
export interface FlowFilter extends TimeRange {
  sensorId?: string
  interface?: string
  /** Either end: an address, or a network in CIDR. */
  address?: string
  /** Either end. */
  port?: number
  /** IP protocol number. */
  protocol?: number
  /** Application protocol, e.g. `tls`. */
  protocolName?: string
  class?: string
  application?: string
  /** Part of the sensor's host name or of the flow's host name, any case. */
  host?: string
  /** Smallest anomaly score. */
  minAnomaly?: number
  communityId?: string
  /** Part of host name, application, class, protocol name, interface, or an address or Community ID as a whole. */
  text?: string
}

export type FlowSort = 'end' | 'start' | 'octets' | 'anomaly'

export interface FlowPageRequest {
  cursor?: string
  limit?: number
  /** `end` when absent. Always falling: latest or largest first. */
  sort?: FlowSort
}

/** Flows over time, for the chart above the flows table. */
export interface FlowHistogram {
  stepSeconds: number
  t: number[]
  flows: number[]
  octets: number[]
  /** Largest anomaly score of the bucket; null without a scored flow. */
  maxAnomaly: SeriesColumn
}

/** What a trainer reads. */
export interface TrainingFlow {
  id: number
  features: Float32Array
  class: string
  classSource: ClassSourceName | null
  sensorId: string
  endUs: number
}

export interface TrainingRequest extends Partial<TimeRange> {
  /** At most so many flows, drawn at random when there are more. */
  limit: number
  /** Same seed, same rows, same order. */
  seed: number
  featureSetVersion: number
  /** Only flows with a class. */
  labelled?: boolean
  /** Only flows of this sensor. */
  sensorId?: string
}

/** What a person would set: so many anomalies a day of each sensor, or with 0 the threshold. */
export interface ThresholdRequest {
  aDay: number
  /** 0 to 1. */
  threshold: number
}

/** What a setting comes to on one interface, by its flows of the last week. */
export interface InterfaceThreshold {
  sensorId: string
  hostname: string
  interface: string
  /** Scored flows, scans left out. */
  flows: number
  /** Days they span, at most 7. */
  days: number
  /** Whether the threshold follows from so many a day; false where too little is known, or none was asked for. */
  isSolved: boolean
  /** Anomaly from which flows are told; null where even the highest anomalies come too often. */
  threshold: number | null
  /** Flows that reached it. */
  fired: number
  /** Whether that was told from a part of the flows: there are too many to read them all while somebody waits. */
  isEstimated: boolean
}

import { EndReason } from '@picket/proto'
import type { ClassSourceName, EndReasonName, FlowRow } from '../types/flows.ts'

const END_REASONS: readonly EndReasonName[] = [
  'unspecified',
  'idle',
  'active',
  'end-of-flow',
  'forced',
  'lack-of-resources',
]
const CLASS_SOURCES: readonly (ClassSourceName | null)[] = [
  null,
  'recogniser',
  'host-name',
  'model',
  'port',
  'behaviour',
]
/** Letters in the order of the bits of tcpControlBits. */
const FLAG_LETTERS = 'FSRPAU'

export const endReasonName = (value: number): EndReasonName => END_REASONS[value] ?? END_REASONS[EndReason.UNSPECIFIED]
export const classSourceName = (value: number): ClassSourceName | null => CLASS_SOURCES[value] ?? null

/** Letters of the flags that are set. */
export function flagLetters(bits: number): string {
  return [...FLAG_LETTERS].filter((_, bit) => bits & (1 << bit)).join('')
}

/** A row of flows `f` as `FLOW_COLUMNS` selects it. */
export interface StoredFlow extends Omit<
  FlowRow,
  'endReason' | 'classSource' | 'tcp' | 'tls' | 'dns' | 'http' | 'fields'
> {
  endReason: number
  classSource: number
  forwardTcpFlags: number | null
  reverseTcpFlags: number | null
  forwardRetransmissions: number | null
  reverseRetransmissions: number | null
  facts: Partial<Pick<FlowRow, 'tls' | 'dns' | 'http' | 'fields'>> | null
}

/** Columns of a `StoredFlow` from flows `f` and sensors `s`. */
export const FLOW_COLUMNS = `f.id, f.sensor_id AS "sensorId", coalesce(s.hostname, f.sensor_id::text) AS hostname,
  f.interface, to_us(f.start_time) AS "startUs", to_us(f.end_time) AS "endUs",
  host(f.source_address) AS "sourceAddress", host(f.destination_address) AS "destinationAddress",
  f.source_port AS "sourcePort", f.destination_port AS "destinationPort", f.protocol, f.ether_type AS "etherType",
  f.vlan_id AS "vlanId", f.source_mac AS "sourceMac", f.destination_mac AS "destinationMac",
  f.community_id AS "communityId", f.end_reason AS "endReason",
  f.forward_packets AS "forwardPackets", f.forward_octets AS "forwardOctets",
  f.reverse_packets AS "reversePackets", f.reverse_octets AS "reverseOctets", f.packets, f.octets,
  f.forward_tcp_flags AS "forwardTcpFlags", f.reverse_tcp_flags AS "reverseTcpFlags",
  f.forward_retransmissions AS "forwardRetransmissions", f.reverse_retransmissions AS "reverseRetransmissions",
  f.handshake_rtt_us AS "handshakeRttUs", f.protocol_name AS "protocolName", f.host_name AS "hostName",
  f.application, f.facts, f.class, f.class_confidence AS "classConfidence", f.class_source AS "classSource",
  f.anomaly, f.anomaly_model_id AS "anomalyModelId", f.continued`

/** A stored row as the rest of Picket reads it. */
export function fromStoredFlow(stored: StoredFlow): FlowRow {
  const { facts, forwardTcpFlags, reverseTcpFlags, forwardRetransmissions, reverseRetransmissions, ...row } = stored
  const tcp =
    forwardTcpFlags === null
      ? null
      : {
          forwardFlags: flagLetters(forwardTcpFlags),
          reverseFlags: flagLetters(reverseTcpFlags ?? 0),
          forwardRetransmissions: forwardRetransmissions ?? 0,
          reverseRetransmissions: reverseRetransmissions ?? 0,
        }
  return {
    ...row,
    endReason: endReasonName(stored.endReason),
    classSource: classSourceName(stored.classSource),
    tcp,
    tls: facts?.tls ?? null,
    dns: facts?.dns ?? null,
    http: facts?.http ?? null,
    fields: facts?.fields ?? null,
  }
}

import type { DirectionStatistics, Flow } from '@picket/proto'
import * as clean from '../query/clean.ts'
import { toAnomalyDetail } from './anomaly-detail.ts'
import type { Column } from './insert-columns.ts'

const TCP = 6
const INT32_MAX = 2_147_483_647

const packetsOf = (flow: Flow) => (flow.forward?.packets ?? 0) + (flow.reverse?.packets ?? 0)
const octetsOf = (flow: Flow) => (flow.forward?.octets ?? 0) + (flow.reverse?.octets ?? 0)

/** Flags seen in a direction as IPFIX tcpControlBits 6; null where not TCP. */
export function tcpFlags(flow: Flow, side: DirectionStatistics | undefined): number | null {
  if (flow.protocol !== TCP) return null
  if (!side) return 0
  return (
    (side.tcpFin ? 1 : 0) |
    (side.tcpSyn ? 2 : 0) |
    (side.tcpRst ? 4 : 0) |
    (side.tcpPsh ? 8 : 0) |
    (side.tcpAck ? 16 : 0) |
    (side.tcpUrg ? 32 : 0)
  )
}

function retransmissions(flow: Flow, side: DirectionStatistics | undefined): number | null {
  return flow.protocol === TCP ? Math.min(side?.tcpRetransmissions ?? 0, INT32_MAX) : null
}

function facts({ tls, dns, http, protocolFields }: Flow): unknown {
  const fields = Object.keys(protocolFields).length > 0 ? protocolFields : undefined
  return tls || dns || http || fields ? clean.json({ tls, dns, http, fields }, clean.NAME_LENGTH) : null
}

/** Whether the row can be stored; the rest of its fields can be made storable. */
export function isStorableFlow(flow: Flow, receivedUs: number): boolean {
  const { forward, reverse } = flow
  return (
    clean.isTimely(flow.startUs, receivedUs) &&
    clean.isTimely(flow.endUs, receivedUs) &&
    flow.startUs <= flow.endUs &&
    clean.isAddress(flow.sourceAddress) &&
    clean.isAddress(flow.destinationAddress) &&
    clean.isWithin(flow.sourcePort, 65_535) &&
    clean.isWithin(flow.destinationPort, 65_535) &&
    clean.isWithin(flow.protocol, 255) &&
    clean.isWithin(flow.etherType, 65_535) &&
    clean.isWithin(flow.vlanId ?? 0, 4095) &&
    clean.areCounts(forward?.packets ?? 0, forward?.octets ?? 0, reverse?.packets ?? 0, reverse?.octets ?? 0) &&
    clean.areCounts(packetsOf(flow), octetsOf(flow))
  )
}

/** Columns of `flows` but its features. */
export function flowColumns(sensorId: string, featureSetVersion: number): Column<Flow>[] {
  return [
    { name: 'sensor_id', type: 'uuid', of: () => sensorId },
    { name: 'interface', type: 'text', of: (flow) => clean.text(flow.interface, clean.NAME_LENGTH) },
    { name: 'start_time', type: 'timestamptz', of: (flow) => flow.startUs },
    { name: 'end_time', type: 'timestamptz', of: (flow) => flow.endUs },
    { name: 'source_address', type: 'inet', of: (flow) => clean.octets(flow.sourceAddress) },
    { name: 'destination_address', type: 'inet', of: (flow) => clean.octets(flow.destinationAddress) },
    { name: 'source_port', type: 'int4', of: (flow) => flow.sourcePort },
    { name: 'destination_port', type: 'int4', of: (flow) => flow.destinationPort },
    { name: 'protocol', type: 'int2', of: (flow) => flow.protocol },
    { name: 'ether_type', type: 'int4', of: (flow) => flow.etherType },
    { name: 'vlan_id', type: 'int2', of: (flow) => flow.vlanId },
    { name: 'source_mac', type: 'macaddr', of: (flow) => clean.mac(flow.sourceMac) },
    { name: 'destination_mac', type: 'macaddr', of: (flow) => clean.mac(flow.destinationMac) },
    { name: 'community_id', type: 'text', of: (flow) => clean.text(flow.communityId, clean.KEYWORD_LENGTH) },
    { name: 'end_reason', type: 'int2', of: (flow) => (clean.isWithin(flow.endReason, 255) ? flow.endReason : 0) },
    { name: 'forward_packets', type: 'int8', of: (flow) => flow.forward?.packets ?? 0 },
    { name: 'forward_octets', type: 'int8', of: (flow) => flow.forward?.octets ?? 0 },
    { name: 'reverse_packets', type: 'int8', of: (flow) => flow.reverse?.packets ?? 0 },
    { name: 'reverse_octets', type: 'int8', of: (flow) => flow.reverse?.octets ?? 0 },
    { name: 'packets', type: 'int8', of: packetsOf },
    { name: 'octets', type: 'int8', of: octetsOf },
    { name: 'forward_tcp_flags', type: 'int2', of: (flow) => tcpFlags(flow, flow.forward) },
    { name: 'reverse_tcp_flags', type: 'int2', of: (flow) => tcpFlags(flow, flow.reverse) },
    { name: 'forward_retransmissions', type: 'int4', of: (flow) => retransmissions(flow, flow.forward) },
    { name: 'reverse_retransmissions', type: 'int4', of: (flow) => retransmissions(flow, flow.reverse) },
    { name: 'handshake_rtt_us', type: 'int8', of: (flow) => flow.handshakeRttUs },
    { name: 'protocol_name', type: 'text', of: (flow) => clean.text(flow.protocolName, clean.KEYWORD_LENGTH) },
    { name: 'host_name', type: 'text', of: (flow) => clean.text(flow.hostName, clean.NAME_LENGTH) },
    { name: 'application', type: 'text', of: (flow) => clean.text(flow.application, clean.KEYWORD_LENGTH) },
    { name: 'facts', type: 'jsonb', of: facts },
    { name: 'class', type: 'text', of: (flow) => clean.text(flow.class, clean.KEYWORD_LENGTH) },
    { name: 'class_confidence', type: 'float4', of: (flow) => clean.finite(flow.classConfidence, 0) },
    { name: 'class_source', type: 'int2', of: (flow) => (clean.isWithin(flow.classSource, 5) ? flow.classSource : 0) },
    { name: 'anomaly', type: 'float4', of: (flow) => clean.finite(flow.anomaly, null) },
    { name: 'anomaly_model_id', type: 'text', of: (flow) => clean.text(flow.anomalyModelId, clean.KEYWORD_LENGTH) },
    { name: 'anomaly_detail', type: 'jsonb', of: toAnomalyDetail },
    { name: 'continued', type: 'bool', of: (flow) => flow.continued },
    { name: 'feature_set_version', type: 'int2', of: () => featureSetVersion },
  ]
}

import type { FlowRow } from '@picket/store'
import { transportName } from '../flows/filter.ts'
import { csvLine, type Cell } from './csv.ts'
import { isoMicroseconds } from './iso-time.ts'

/** Columns of a flow export, in order; units stand in the names. */
const COLUMNS: readonly [name: string, cell: (flow: FlowRow) => Cell][] = [
  ['start', (flow) => isoMicroseconds(flow.startUs)],
  ['end', (flow) => isoMicroseconds(flow.endUs)],
  ['duration_us', (flow) => flow.endUs - flow.startUs],
  ['host', (flow) => flow.hostname],
  ['interface', (flow) => flow.interface],
  ['vlan_id', (flow) => flow.vlanId],
  ['transport', (flow) => transportName(flow.protocol)],
  ['source_ip', (flow) => flow.sourceAddress],
  ['source_port', (flow) => flow.sourcePort],
  ['destination_ip', (flow) => flow.destinationAddress],
  ['destination_port', (flow) => flow.destinationPort],
  ['host_name', (flow) => flow.hostName],
  ['protocol', (flow) => flow.protocolName],
  ['application', (flow) => flow.application],
  ['class', (flow) => flow.class],
  ['class_source', (flow) => flow.classSource],
  ['class_confidence', (flow) => (flow.class ? flow.classConfidence : null)],
  ['anomaly', (flow) => flow.anomaly],
  ['source_packets', (flow) => flow.forwardPackets],
  ['source_bytes', (flow) => flow.forwardOctets],
  ['destination_packets', (flow) => flow.reversePackets],
  ['destination_bytes', (flow) => flow.reverseOctets],
  ['handshake_rtt_us', (flow) => flow.handshakeRttUs],
  ['end_reason', (flow) => flow.endReason],
  ['community_id', (flow) => flow.communityId],
  ['sensor_id', (flow) => flow.sensorId],
]

export const flowCsvHead = (): string => csvLine(COLUMNS.map(([name]) => name))
export const flowCsvLine = (flow: FlowRow): string => csvLine(COLUMNS.map(([, cell]) => cell(flow)))

import type { Flow } from '@picket/proto'
import { tcpFlags } from '../ingest/flow-columns.ts'
import type { LiveFlow } from '../live/live-event.ts'
import { formatAddress, formatMac } from './format-address.ts'
import { classSourceName, endReasonName, flagLetters } from './flow-row.ts'

/** A flow in the form the flows page shows it, before it is stored and numbered. */
export function toLiveFlow(flow: Flow, sensor: { sensorId: string; hostname: string }): LiveFlow {
  const { forward, reverse } = flow
  const forwardFlags = tcpFlags(flow, forward)
  return {
    ...sensor,
    interface: flow.interface,
    startUs: flow.startUs,
    endUs: flow.endUs,
    sourceAddress: formatAddress(flow.sourceAddress),
    destinationAddress: formatAddress(flow.destinationAddress),
    sourcePort: flow.sourcePort,
    destinationPort: flow.destinationPort,
    protocol: flow.protocol,
    etherType: flow.etherType,
    vlanId: flow.vlanId ?? null,
    sourceMac: formatMac(flow.sourceMac),
    destinationMac: formatMac(flow.destinationMac),
    communityId: flow.communityId,
    endReason: endReasonName(flow.endReason),
    forwardPackets: forward?.packets ?? 0,
    forwardOctets: forward?.octets ?? 0,
    reversePackets: reverse?.packets ?? 0,
    reverseOctets: reverse?.octets ?? 0,
    packets: (forward?.packets ?? 0) + (reverse?.packets ?? 0),
    octets: (forward?.octets ?? 0) + (reverse?.octets ?? 0),
    tcp:
      forwardFlags === null
        ? null
        : {
            forwardFlags: flagLetters(forwardFlags),
            reverseFlags: flagLetters(tcpFlags(flow, reverse) ?? 0),
            forwardRetransmissions: forward?.tcpRetransmissions ?? 0,
            reverseRetransmissions: reverse?.tcpRetransmissions ?? 0,
          },
    handshakeRttUs: flow.handshakeRttUs ?? null,
    protocolName: flow.protocolName,
    hostName: flow.hostName,
    application: flow.application,
    tls: flow.tls ?? null,
    dns: flow.dns ?? null,
    http: flow.http ?? null,
    fields: Object.keys(flow.protocolFields).length > 0 ? flow.protocolFields : null,
    class: flow.class,
    classConfidence: flow.classConfidence,
    classSource: classSourceName(flow.classSource),
    anomaly: flow.anomaly ?? null,
    anomalyModelId: flow.anomalyModelId,
    continued: flow.continued,
  }
}

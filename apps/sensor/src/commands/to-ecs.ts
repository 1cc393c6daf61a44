import {
  ClassSource,
  type DirectionStatistics,
  EndReason,
  type Flow,
  InitiatorReason,
  type Tunnel,
  TunnelKind,
} from '@picket/proto/flow'
import { formatAddress, formatMac } from '../flow/format-address.ts'
import { directionToEcs } from './direction-to-ecs.ts'
import { explanationToEcs } from './explanation-to-ecs.ts'
import { formatTime } from './format-time.ts'
import { dnsToEcs, laterQuestions, laterRequests } from './messages-to-ecs.ts'
import { prune } from './prune.ts'

const REASONS: Record<number, string> = {
  [EndReason.IDLE]: 'idle',
  [EndReason.ACTIVE]: 'active',
  [EndReason.END_OF_FLOW]: 'end of flow',
  [EndReason.FORCED]: 'forced',
  [EndReason.LACK_OF_RESOURCES]: 'lack of resources',
}
const TRANSPORTS: Record<number, string> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  58: 'ipv6-icmp',
  132: 'sctp',
  136: 'udplite',
}
/** Protocols with ports: TCP, UDP, SCTP, UDP-Lite. */
const PORT_PROTOCOLS = new Set([6, 17, 132, 136])
const INITIATOR_REASONS: Record<number, string> = {
  [InitiatorReason.HANDSHAKE]: 'handshake',
  [InitiatorReason.HEURISTIC]: 'heuristic',
  [InitiatorReason.FIRST_SEEN]: 'first seen',
}
const TUNNELS: Record<number, string> = {
  [TunnelKind.GRE]: 'gre',
  [TunnelKind.IP_IN_IP]: 'ip-in-ip',
  [TunnelKind.VXLAN]: 'vxlan',
  [TunnelKind.GENEVE]: 'geneve',
  [TunnelKind.GTP_U]: 'gtp-u',
  [TunnelKind.CAPWAP]: 'capwap',
  [TunnelKind.L2TP]: 'l2tp',
  [TunnelKind.TEREDO]: 'teredo',
}
const CLASS_SOURCES: Record<number, string> = {
  [ClassSource.RECOGNISER]: 'recogniser',
  [ClassSource.HOST_NAME]: 'host-name',
  [ClassSource.MODEL]: 'model',
  [ClassSource.PORT]: 'port',
  [ClassSource.BEHAVIOUR]: 'behaviour',
}

export interface EcsOptions {
  /** Capture file the flow was read from. */
  path?: string
  features?: Float32Array
}

/** A flow in the names of the Elastic Common Schema; what has none is under `picket`. Absent is absent, never null. */
export function toEcs(flow: Flow, options: EcsOptions = {}): Record<string, unknown> {
  const { forward, reverse } = flow
  return prune({
    event: {
      start: formatTime(flow.startUs),
      end: formatTime(flow.endUs),
      duration: Math.max(0, flow.endUs - flow.startUs) * 1000,
      reason: REASONS[flow.endReason],
    },
    source: endpoint(flow, flow.sourceAddress, flow.sourcePort, flow.sourceMac, forward),
    destination: endpoint(flow, flow.destinationAddress, flow.destinationPort, flow.destinationMac, reverse),
    network: {
      transport: flow.sourceAddress.length > 0 ? (TRANSPORTS[flow.protocol] ?? String(flow.protocol)) : undefined,
      type: networkType(flow.etherType),
      iana_number: flow.sourceAddress.length > 0 ? String(flow.protocol) : undefined,
      bytes: (forward?.octets ?? 0) + (reverse?.octets ?? 0),
      packets: (forward?.packets ?? 0) + (reverse?.packets ?? 0),
      community_id: flow.communityId,
      protocol: flow.protocolName,
      vlan: flow.vlanId === undefined ? undefined : { id: flow.vlanId },
      inner: flow.innerVlanId === undefined ? undefined : { vlan: { id: flow.innerVlanId } },
    },
    tls: tlsOf(flow),
    dns: dnsToEcs(flow.dns),
    http: flow.http && {
      request: { method: flow.http.method },
      response: flow.http.statusCode > 0 ? { status_code: flow.http.statusCode } : undefined,
    },
    url: flow.http?.host ? { domain: flow.http.host } : undefined,
    user_agent: flow.http?.userAgent ? { original: flow.http.userAgent } : undefined,
    log: options.path === undefined ? undefined : { file: { path: options.path } },
    picket: picketOf(flow, options.features),
  })
}

function endpoint(flow: Flow, address: Uint8Array, port: number, mac: Uint8Array, side?: DirectionStatistics): object {
  return {
    ip: address.length > 0 ? formatAddress(address) : undefined,
    port: PORT_PROTOCOLS.has(flow.protocol) ? port : undefined,
    bytes: side?.octets ?? 0,
    packets: side?.packets ?? 0,
    mac: mac.length > 0 ? formatMac(mac) : undefined,
  }
}

function tlsOf(flow: Flow): object | undefined {
  if (!flow.tls) return undefined
  const { serverName, ja3, ja4, ja3s, version, alpn, cipher } = flow.tls
  return {
    client: { server_name: serverName, ja3, ja4, encrypted_client_hello: flow.tls.encryptedClientHello || undefined },
    server: {
      ja3s,
      subject: flow.tls.certificateSubject,
      issuer: flow.tls.certificateIssuer,
      not_before: timeOf(flow.tls.certificateNotBefore),
      not_after: timeOf(flow.tls.certificateNotAfter),
    },
    version,
    cipher,
    alpn,
    next_protocol: flow.tls.serverAlpn,
  }
}

function timeOf(seconds: number): string | undefined {
  return seconds === 0 ? undefined : formatTime(seconds * 1e6)
}

/** What ECS has no name for. */
function picketOf(flow: Flow, features?: Float32Array): object {
  const icmp = flow.protocol === 1 || flow.protocol === 58
  return {
    interface: flow.interface,
    application: flow.application,
    class: flow.class,
    class_confidence: flow.class ? flow.classConfidence : undefined,
    class_source: CLASS_SOURCES[flow.classSource],
    anomaly: flow.anomaly,
    anomaly_parts: flow.anomalyParts && { ...flow.anomalyParts },
    anomaly_explanation: flow.anomalyExplanation && explanationToEcs(flow.anomalyExplanation),
    anomaly_model: flow.anomalyModelId,
    host_name: flow.hostName,
    protocol_confidence: flow.protocolConfidence > 0 ? Math.round(flow.protocolConfidence * 100) / 100 : undefined,
    dns: laterQuestions(flow.dns),
    http: laterRequests(flow.http),
    fields: Object.keys(flow.protocolFields).length > 0 ? flow.protocolFields : undefined,
    ether_type: flow.sourceAddress.length > 0 ? undefined : flow.etherType,
    icmp: icmp ? { type: flow.sourcePort, code: flow.destinationPort } : undefined,
    continued: flow.continued || undefined,
    handshake_rtt_us: flow.handshakeRttUs,
    handshake_responder_rtt_us: flow.handshakeResponderRttUs,
    initiator: INITIATOR_REASONS[flow.initiatorReason],
    first_lengths: flow.firstLengths.length > 0 ? flow.firstLengths : undefined,
    first_gaps_us: flow.firstGapsUs.length > 0 ? flow.firstGapsUs : undefined,
    source: directionToEcs(flow.forward, flow.protocol === 6),
    destination: directionToEcs(flow.reverse, flow.protocol === 6),
    tunnel: flow.tunnel && tunnelOf(flow.tunnel),
    features: features && Array.from(features, (value) => (Number.isNaN(value) ? null : value)),
  }
}

function tunnelOf({ kind, networkId, sourceAddress, destinationAddress }: Tunnel): object {
  return {
    kind: TUNNELS[kind],
    network_id: kind === TunnelKind.VXLAN || kind === TunnelKind.GENEVE ? networkId : undefined,
    source: sourceAddress.length > 0 ? { ip: formatAddress(sourceAddress) } : undefined,
    destination: destinationAddress.length > 0 ? { ip: formatAddress(destinationAddress) } : undefined,
  }
}

function networkType(etherType: number): string | undefined {
  if (etherType === 0x0800) return 'ipv4'
  if (etherType === 0x86dd) return 'ipv6'
  return etherType === 0x0806 ? 'arp' : undefined
}

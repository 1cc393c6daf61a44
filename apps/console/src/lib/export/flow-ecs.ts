import type { FlowRow } from '@picket/store'
import { transportName } from '../flows/filter.ts'
import { isoMicroseconds } from './iso-time.ts'

/** A JSON object of exported values; what is absent has no key. */
export type EcsDocument = { [key: string]: EcsValue }
type EcsValue = string | number | boolean | string[] | EcsDocument

type Draft = { [key: string]: EcsValue | Draft | null | undefined }

/** Drops null, undefined, empty text and objects that end up empty: absent is absent, never null or 0. */
export function prune(draft: Draft): EcsDocument {
  const document: EcsDocument = {}
  for (const [key, value] of Object.entries(draft)) {
    if (value === null || value === undefined || value === '') continue
    if (typeof value !== 'object' || Array.isArray(value)) {
      document[key] = value
      continue
    }
    const inner = prune(value)
    if (Object.keys(inner).length > 0) document[key] = inner
  }
  return document
}

/** ICMP keeps its type and code where others have ports. */
const isIcmp = (protocol: number): boolean => protocol === 1 || protocol === 58

const hasPorts = (protocol: number): boolean => protocol === 6 || protocol === 17 || protocol === 132

/** ECS writes MAC addresses as RFC 7042 does: capitals and hyphens. */
const ecsMac = (mac: string | null): string | undefined => mac?.toUpperCase().replaceAll(':', '-')

const NETWORK_TYPES: Record<number, string> = { 0x0800: 'ipv4', 0x86dd: 'ipv6', 0x0806: 'arp' }

/** One flow with ECS field names: a `meter` line, plus the sensor that metered it. */
export function toEcsFlow(flow: FlowRow): EcsDocument {
  const ports = hasPorts(flow.protocol)
  return prune({
    '@timestamp': isoMicroseconds(flow.endUs),
    event: {
      kind: 'event',
      category: ['network'],
      start: isoMicroseconds(flow.startUs),
      end: isoMicroseconds(flow.endUs),
      duration: (flow.endUs - flow.startUs) * 1000,
      reason: flow.endReason === 'unspecified' ? undefined : flow.endReason.replaceAll('-', ' '),
    },
    agent: { id: flow.sensorId, type: 'picket' },
    observer: { hostname: flow.hostname, ingress: { interface: { name: flow.interface } } },
    source: {
      ip: flow.sourceAddress,
      port: ports ? flow.sourcePort : undefined,
      bytes: flow.forwardOctets,
      packets: flow.forwardPackets,
      mac: ecsMac(flow.sourceMac),
    },
    destination: {
      ip: flow.destinationAddress,
      port: ports ? flow.destinationPort : undefined,
      domain: flow.hostName,
      bytes: flow.reverseOctets,
      packets: flow.reversePackets,
      mac: ecsMac(flow.destinationMac),
    },
    network: {
      transport: flow.protocol > 0 ? transportName(flow.protocol) : undefined,
      type: NETWORK_TYPES[flow.etherType],
      iana_number: flow.protocol > 0 ? String(flow.protocol) : undefined,
      bytes: flow.octets,
      packets: flow.packets,
      community_id: flow.communityId,
      protocol: flow.protocolName,
      vlan: { id: flow.vlanId },
    },
    ...applicationFacts(flow),
    picket: {
      interface: flow.interface,
      application: flow.application,
      class: flow.class,
      class_confidence: flow.class ? flow.classConfidence : undefined,
      class_source: flow.classSource,
      anomaly: flow.anomaly,
      anomaly_model: flow.anomalyModelId,
      host_name: flow.hostName,
      ether_type: flow.protocol > 0 ? undefined : flow.etherType,
      icmp: isIcmp(flow.protocol) ? { type: flow.sourcePort, code: flow.destinationPort } : undefined,
      continued: flow.continued || undefined,
      handshake_rtt_us: flow.handshakeRttUs,
    },
  })
}

function applicationFacts({ tls, dns, http }: FlowRow): Draft {
  return {
    tls: tls && {
      client: { server_name: tls.serverName, ja3: tls.ja3, ja4: tls.ja4 },
      version: tls.version,
      alpn: tls.alpn,
    },
    dns: dns && {
      question: { name: dns.questionName, type: dns.questionType },
      response_code: dns.responseCode,
    },
    http: http && {
      request: { method: http.method },
      response: { status_code: http.statusCode || undefined },
    },
    url: { domain: http?.host },
    user_agent: { original: http?.userAgent },
  }
}

import type { HttpRequest } from '@picket/proto'
import type { FlowRow } from '@picket/store'
import { cipherSuite } from '#lib/flows/cipher-suite.ts'
import { absolute, bytes, count, counted, duration, percent } from '#lib/format.ts'
import { transportTitle } from '#lib/flows/filter.ts'
import { endReasonTitle, flagNames } from '#lib/flows/flow-text.ts'
import { classSourceTitle, trafficClassTitle } from '#lib/flows/traffic-class.ts'
import type { Fact } from '#lib/ui/Facts.svelte'

export interface FactGroup {
  title: string
  facts: Fact[]
}

/** Everything a flow row holds, grouped as a person asks for it; groups without facts are left out. */
export function flowFacts(flow: FlowRow): FactGroup[] {
  const groups = [
    { title: 'Verdict', facts: verdict(flow) },
    { title: 'Traffic', facts: traffic(flow) },
    { title: 'TLS', facts: tls(flow) },
    { title: 'DNS', facts: dns(flow) },
    { title: 'HTTP', facts: http(flow) },
    { title: 'Protocol', facts: protocolFields(flow) },
    { title: 'TCP', facts: tcp(flow) },
    { title: 'Where and when', facts: observation(flow) },
  ]
  return groups.filter(({ facts }) => facts.some(({ value }) => value !== null && value !== undefined && value !== ''))
}

function verdict(flow: FlowRow): Fact[] {
  const source = classSourceTitle(flow.classSource)
  return [
    { label: 'Class', value: flow.class ? trafficClassTitle(flow.class) : 'Not classified' },
    { label: 'Because', value: flow.class && source },
    { label: 'Confidence', value: flow.class ? percent(flow.classConfidence) : null },
    { label: 'Application', value: flow.application },
    {
      label: 'Anomaly',
      value: flow.anomaly === null ? 'Not scored' : flow.anomaly.toFixed(3),
      title: '0 is usual, 1 was never seen; 0.99 is higher than 99 % of what is usual on this interface',
    },
    { label: 'Scored by', value: flow.anomalyModelId, mono: true },
  ]
}

function traffic(flow: FlowRow): Fact[] {
  return [
    { label: 'Sent', value: `${bytes(flow.forwardOctets)} in ${packets(flow.forwardPackets)}` },
    {
      label: 'Received',
      value:
        flow.reversePackets > 0
          ? `${bytes(flow.reverseOctets)} in ${packets(flow.reversePackets)}`
          : 'Nothing came back',
    },
    { label: 'Transport', value: transportTitle(flow.protocol) },
    { label: 'Protocol', value: flow.protocolName },
    {
      label: 'Ether type',
      value: flow.protocol === 0 ? `0x${flow.etherType.toString(16).padStart(4, '0')}` : null,
      mono: true,
    },
    { label: 'Community ID', value: flow.communityId, mono: true, copy: true },
  ]
}

const packets = (value: number) => counted(value, 'packet')

function tls({ tls: facts }: FlowRow): Fact[] {
  if (!facts) return []
  return [
    { label: 'Server name', value: facts.serverName, mono: true },
    { label: 'Version', value: facts.version },
    { label: 'Offered first', value: facts.alpn, mono: true },
    { label: 'Chosen', value: facts.serverAlpn, mono: true },
    { label: 'Cipher suite', value: facts.cipher && cipherSuite(facts.cipher), mono: true },
    { label: 'Encrypted hello', value: facts.encryptedClientHello ? 'offered' : null },
    { label: 'Certificate', value: facts.certificateSubject, mono: true },
    { label: 'Issued by', value: facts.certificateIssuer, mono: true },
    { label: 'Expires', value: facts.certificateNotAfter ? absolute(facts.certificateNotAfter * 1000) : null },
    { label: 'JA4', value: facts.ja4, mono: true, copy: true },
    { label: 'JA3', value: facts.ja3, mono: true, copy: true },
    { label: 'JA3S', value: facts.ja3s, mono: true, copy: true },
  ]
}

function dns({ dns: facts }: FlowRow): Fact[] {
  if (!facts) return []
  return [
    { label: 'Question', value: facts.questionName, mono: true },
    { label: 'Type', value: facts.questionType },
    { label: 'Answer code', value: facts.responseCode || 'No answer seen' },
    { label: 'Questions', value: facts.questions || null },
    { label: 'Answers', value: facts.answers || null },
    {
      label: 'Answered',
      value: facts.records
        ?.map(({ data }) => data)
        .filter(Boolean)
        .join(', '),
      mono: true,
    },
    { label: 'Then asked', value: facts.later?.map(({ name, type }) => `${name} ${type}`).join(', '), mono: true },
  ]
}

function http({ http: facts }: FlowRow): Fact[] {
  if (!facts) return []
  return [
    { label: 'Method', value: facts.method },
    { label: 'Host', value: facts.host, mono: true },
    { label: 'Status', value: facts.statusCode || null },
    { label: 'User agent', value: facts.userAgent, mono: true },
    { label: 'Requests', value: facts.requests || null },
    { label: 'Then asked for', value: facts.later?.map(laterRequest).join(', '), mono: true },
  ]
}

function laterRequest({ method, path, statusCode }: HttpRequest): string {
  return `${method} ${path}${statusCode === 0 ? '' : ` ${statusCode}`}`
}

function protocolFields({ fields }: FlowRow): Fact[] {
  return Object.entries(fields ?? {}).map(([label, value]) => ({ label, value, mono: true }))
}

function tcp({ tcp: facts, handshakeRttUs }: FlowRow): Fact[] {
  if (!facts) return []
  return [
    {
      label: 'Handshake',
      value: handshakeRttUs === null ? null : duration(handshakeRttUs),
      title: 'SYN to the first ACK of the initiator, as seen from the sensor',
    },
    { label: 'Flags sent', value: flagNames(facts.forwardFlags) },
    { label: 'Flags received', value: flagNames(facts.reverseFlags) },
    {
      label: 'Sent again',
      value: `${packets(facts.forwardRetransmissions)} out, ${count(facts.reverseRetransmissions)} back`,
    },
  ]
}

function observation(flow: FlowRow): Fact[] {
  return [
    { label: 'Host', value: flow.hostname, href: `/hosts/${flow.sensorId}` },
    {
      label: 'Interface',
      value: flow.interface,
      mono: true,
      href: `/hosts/${flow.sensorId}/interfaces/${encodeURIComponent(flow.interface)}`,
    },
    { label: 'VLAN', value: flow.vlanId },
    { label: 'Source MAC', value: flow.sourceMac, mono: true },
    { label: 'Destination MAC', value: flow.destinationMac, mono: true },
    { label: 'First packet', value: precise(flow.startUs) },
    { label: 'Last packet', value: precise(flow.endUs) },
    { label: 'Duration', value: duration(flow.endUs - flow.startUs) },
    { label: 'Ended by', value: endReasonTitle(flow.endReason) },
    { label: 'Record', value: flow.continued ? 'Continues one that ended by the active timeout' : null },
  ]
}

/** 22 Nov 2026, 14:03:22.123456 */
const precise = (timeUs: number) => `${absolute(timeUs / 1000)}.${String(timeUs % 1_000_000).padStart(6, '0')}`

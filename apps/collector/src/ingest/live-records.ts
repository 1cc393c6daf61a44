import { ClassSource, EndReason, type DirectionStatistics, type Flow, type Records } from '@picket/proto'
import type { ClassSourceName, EndReasonName } from '@picket/store'
import type { LiveEvent, LiveFlow } from '@picket/store/live'
import { addressText, macText } from './address-text.ts'
import type { BatchSource } from './batch-intake.ts'

/** Flows of a batch that the flows page appends while live; the rest it reads from the store. */
const MAX_LIVE_FLOWS = 20
const PROTOCOL_TCP = 6

const END_REASONS: Record<EndReason, EndReasonName> = {
  [EndReason.END_REASON_UNSPECIFIED]: 'unspecified',
  [EndReason.END_REASON_IDLE]: 'idle',
  [EndReason.END_REASON_ACTIVE]: 'active',
  [EndReason.END_REASON_END_OF_FLOW]: 'end-of-flow',
  [EndReason.END_REASON_FORCED]: 'forced',
  [EndReason.END_REASON_LACK_OF_RESOURCES]: 'lack-of-resources',
}

const CLASS_SOURCES: Record<ClassSource, ClassSourceName | null> = {
  [ClassSource.CLASS_SOURCE_UNSPECIFIED]: null,
  [ClassSource.CLASS_SOURCE_RECOGNISER]: 'recogniser',
  [ClassSource.CLASS_SOURCE_HOST_NAME]: 'host-name',
  [ClassSource.CLASS_SOURCE_MODEL]: 'model',
  [ClassSource.CLASS_SOURCE_PORT]: 'port',
}

/** What pages are told of a batch that was just stored. */
export function toLiveEvents(source: BatchSource, records: Records): LiveEvent[] {
  const { sensorId } = source
  const events: LiveEvent[] = []
  if (records.interfaceSamples.length > 0) events.push(toInterfaces(source, records))
  const host = records.hostSamples.at(-1)
  if (host !== undefined) {
    events.push({
      type: 'host',
      sensorId,
      cpu: host.cpuUtilization,
      memoryUsed: host.memoryUsedBytes,
      memoryTotal: host.memoryTotalBytes,
      load1m: host.load1m,
      sensorCpu: host.sensorCpuCores,
      sensorMemory: host.sensorMemoryBytes,
    })
  }
  if (records.flows.length > 0) {
    const latest = records.flows.slice(-MAX_LIVE_FLOWS).map((flow) => toLiveFlow(source, flow))
    events.push({ type: 'flows', sensorId, count: records.flows.length, flows: latest })
  }
  for (const { cause, packets, flows } of records.coverageGaps) {
    events.push({ type: 'gap', sensorId, cause, packets, flows })
  }
  return events
}

function toInterfaces(source: BatchSource, records: Records): LiveEvent {
  const samples = records.interfaceSamples.map((sample) => ({
    interface: sample.interface,
    timeUs: sample.timeUs,
    spanUs: sample.spanUs,
    receivedOctets: sample.receivedOctets,
    sentOctets: sample.sentOctets,
    receivedPackets: sample.receivedPackets,
    sentPackets: sample.sentPackets,
    drops: sample.receivedDrops + sample.sentDrops,
    errors: sample.receivedErrors + sample.sentErrors,
    captureDrops: sample.captureDrops,
    flowsActive: sample.flowsActive,
    flowsStarted: sample.flowsStarted,
    ...(sample.speedBps === undefined ? {} : { speedBps: sample.speedBps }),
  }))
  return { type: 'interfaces', sensorId: source.sensorId, hostname: source.hostname, samples }
}

function toLiveFlow(source: BatchSource, flow: Flow): LiveFlow {
  const forwardPackets = flow.forward?.packets ?? 0
  const forwardOctets = flow.forward?.octets ?? 0
  const reversePackets = flow.reverse?.packets ?? 0
  const reverseOctets = flow.reverse?.octets ?? 0
  return {
    sensorId: source.sensorId,
    hostname: source.hostname,
    interface: flow.interface,
    startUs: flow.startUs,
    endUs: flow.endUs,
    sourceAddress: addressText(flow.sourceAddress) || null,
    destinationAddress: addressText(flow.destinationAddress) || null,
    sourcePort: flow.sourcePort,
    destinationPort: flow.destinationPort,
    protocol: flow.protocol,
    etherType: flow.etherType,
    vlanId: flow.vlanId ?? null,
    sourceMac: macText(flow.sourceMac),
    destinationMac: macText(flow.destinationMac),
    communityId: flow.communityId,
    endReason: END_REASONS[flow.endReason] ?? 'unspecified',
    forwardPackets,
    forwardOctets,
    reversePackets,
    reverseOctets,
    packets: forwardPackets + reversePackets,
    octets: forwardOctets + reverseOctets,
    tcp: flow.protocol === PROTOCOL_TCP ? toTcp(flow) : null,
    handshakeRttUs: flow.handshakeRttUs ?? null,
    protocolName: flow.protocolName,
    hostName: flow.hostName,
    application: flow.application,
    tls: flow.tls ?? null,
    dns: flow.dns ?? null,
    http: flow.http ?? null,
    class: flow.class,
    classConfidence: flow.classConfidence,
    classSource: CLASS_SOURCES[flow.classSource] ?? null,
    anomaly: flow.anomaly ?? null,
    anomalyModelId: flow.anomalyModelId,
    continued: flow.continued,
  }
}

function toTcp(flow: Flow): NonNullable<LiveFlow['tcp']> {
  return {
    forwardFlags: flagLetters(flow.forward),
    reverseFlags: flagLetters(flow.reverse),
    forwardRetransmissions: flow.forward?.tcpRetransmissions ?? 0,
    reverseRetransmissions: flow.reverse?.tcpRetransmissions ?? 0,
  }
}

function flagLetters(direction: DirectionStatistics | undefined): string {
  if (direction === undefined) return ''
  const { tcpFin, tcpSyn, tcpRst, tcpPsh, tcpAck, tcpUrg } = direction
  return [tcpFin && 'F', tcpSyn && 'S', tcpRst && 'R', tcpPsh && 'P', tcpAck && 'A', tcpUrg && 'U']
    .filter((letter) => letter)
    .join('')
}

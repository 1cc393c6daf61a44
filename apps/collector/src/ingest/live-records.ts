import type { Records } from '@picket/proto'
import { toLiveFlow } from '@picket/store'
import type { LiveEvent } from '@picket/store/live'
import type { BatchSource } from './batch-intake.ts'

/** Flows of a batch that the flows page appends while live; the rest it reads from the store. */
const MAX_LIVE_FLOWS = 20

/** What pages are told of a batch that was just stored. */
export function toLiveEvents(source: BatchSource, records: Records): LiveEvent[] {
  const { sensorId, hostname } = source
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
    const latest = records.flows.slice(-MAX_LIVE_FLOWS).map((flow) => toLiveFlow(flow, { sensorId, hostname }))
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

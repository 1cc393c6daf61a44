import { basename, join } from 'node:path'
import { Flow } from '@picket/proto'
import { meterCaptures, type MeterLine } from '../meter-captures.ts'
import { flowKey, readNdpiLabels } from './ndpi-labels.ts'
import { withCaptures } from './unpack.ts'

/** A metered flow that nDPI is sure of. */
export interface LabelledFlow {
  capture: string
  label: string
  /** What rules read of it. */
  flow: Flow
  features: Float32Array
}

/** Flows of one class that one capture gives at most: three captures hold half of all flows. */
const MOST_OF_A_CAPTURE = 20

/** Unpacks the captures, meters them with the sensor's own command and joins them with their labels. Needs zstd. */
export async function readLabelledFlows(folder: string): Promise<LabelledFlow[]> {
  const labels = await readNdpiLabels(join(folder, 'ndpi-git_flows.csv.gz'))
  return withCaptures(join(folder, 'ndpi-git.tar.zst'), async (paths) => {
    const flows: LabelledFlow[] = []
    const taken = new Map<string, number>()
    for await (const line of meterCaptures(paths)) {
      const capture = basename(line.log.file.path)
      const label = labels.get(flowKey(capture, endOf(line.source), endOf(line.destination)))
      if (!label) continue
      const count = (taken.get(`${capture} ${label}`) ?? 0) + 1
      taken.set(`${capture} ${label}`, count)
      if (count <= MOST_OF_A_CAPTURE) flows.push(toLabelledFlow(capture, label, line))
    }
    return flows
  })
}

const endOf = (end: MeterLine['source']): string => `${end?.ip ?? ''} ${end?.port ?? 0}`

function toLabelledFlow(capture: string, label: string, line: MeterLine): LabelledFlow {
  const { picket, network, source, destination } = line
  const flow = Flow.fromPartial({
    protocol: Number(network?.iana_number ?? 0),
    protocolName: network?.protocol ?? '',
    protocolConfidence: picket.protocol_confidence ?? 0,
    hostName: picket.host_name ?? '',
    application: picket.application ?? '',
    etherType: picket.ether_type ?? 0,
    sourcePort: source?.port ?? 0,
    destinationPort: destination?.port ?? 0,
    reverse: { packets: destination?.packets ?? 0 },
  })
  return { capture, label, flow, features: Float32Array.from(picket.features, (value) => value ?? NaN) }
}

import { Flow } from '@picket/proto'
import { parseAddress } from '../src/capture/parse-address.ts'

export interface FlowFields {
  from?: string
  to?: string
  sourcePort?: number
  port?: number
  protocol?: number
  atSeconds?: number
  /** What came of a TCP attempt; a UDP one is answered by `served` alone. */
  outcome?: 'refused' | 'ignored' | 'open' | 'served'
  hostName?: string
  anomaly?: number
  ttl?: number
}

const T0 = 1_795_384_200_000_000

/** A flow as the wire side would export it. */
export function flowOf(fields: FlowFields = {}): Flow {
  const { from = '192.0.2.1', to = '192.0.2.2', port = 80, protocol = 6, atSeconds = 0, outcome = 'refused' } = fields
  const isTcp = protocol === 6
  const payload = outcome === 'served' ? 500 : 0
  const finishes = outcome === 'served'
  const startUs = T0 + atSeconds * 1e6
  const reverse = {
    packets: finishes ? 5 : 1,
    octets: 40 + payload,
    payloadOctets: payload,
    tcpSyn: isTcp && outcome !== 'refused' ? 1 : 0,
    tcpRst: isTcp && outcome === 'refused' ? 1 : 0,
    tcpAck: isTcp ? 1 : 0,
  }
  return Flow.fromPartial({
    interface: 'test0',
    startUs,
    endUs: startUs + 1000,
    sourceAddress: parseAddress(from),
    destinationAddress: parseAddress(to),
    sourcePort: fields.sourcePort ?? 50_000,
    destinationPort: port,
    protocol,
    communityId: `1:${from}-${to}-${port}-${fields.sourcePort ?? 0}`,
    hostName: fields.hostName ?? '',
    anomaly: fields.anomaly,
    forward: {
      packets: finishes ? 6 : 1,
      octets: 60 + payload,
      payloadOctets: payload,
      tcpSyn: isTcp ? 1 : 0,
      tcpAck: finishes ? 5 : 0,
      ttlFirst: fields.ttl ?? 64,
      ttlMin: fields.ttl ?? 64,
    },
    reverse: (isTcp && outcome !== 'ignored') || finishes ? reverse : undefined,
  })
}

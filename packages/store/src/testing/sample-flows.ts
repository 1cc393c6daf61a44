import { ClassSource, EndReason, Flow } from '@picket/proto'

const HOSTS = ['video.example.com', 'www.example.org', 'mail.example.net', 'db.internal', 'cdn.example.com', '']
const CLASSES = ['web', 'video', 'name-service', 'mail', 'database', 'remote-access', '']
const PORTS = [443, 443, 443, 80, 53, 22, 5432, 25]

/** A small generator with a seed (mulberry32), so that made flows are the same every time. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface SampleOptions {
  count: number
  /** End of the last flow, epoch microseconds; the others are spread over the span before. */
  untilUs: number
  spanUs: number
  seed?: number
  interface?: string
}

/** Flows for tests and benchmarks: plausible in shape and variety, made up in content. */
export function sampleFlows(options: SampleOptions): Flow[] {
  const random = seededRandom(options.seed ?? 1)
  const below = (limit: number) => Math.floor(random() * limit)
  // A few addresses carry most of the traffic, as everywhere.
  const favoured = (limit: number) => Math.floor(limit * random() ** 3)
  const pick = <T>(list: readonly T[]) => list[below(list.length)]
  return Array.from({ length: options.count }, (_, i) => {
    const endUs = options.untilUs - Math.floor((options.spanUs * (options.count - 1 - i)) / options.count)
    const port = pick(PORTS)
    const protocol = port === 53 ? 17 : 6
    const packets = 1 + below(200)
    const side = { packets, octets: packets * (60 + below(1300)), tcpSyn: protocol === 6 ? 1 : 0, tcpAck: packets }
    return Flow.fromPartial({
      interface: options.interface ?? 'eth0',
      startUs: endUs - below(30_000_000),
      endUs,
      sourceAddress: Uint8Array.of(10, 0, favoured(4), 1 + favoured(250)),
      destinationAddress: Uint8Array.of(198, 51, favoured(100), 1 + favoured(250)),
      sourcePort: 32_768 + below(28_000),
      destinationPort: port,
      protocol,
      etherType: 0x0800,
      communityId: `1:${Buffer.from(Array.from({ length: 20 }, () => below(256))).toString('base64')}`,
      endReason: pick([EndReason.IDLE, EndReason.END_OF_FLOW, EndReason.ACTIVE]),
      forward: side,
      reverse: { ...side, packets: below(300), octets: below(400_000) },
      protocolName: port === 443 ? 'tls' : port === 53 ? 'dns' : '',
      hostName: pick(HOSTS),
      tls:
        port === 443 ? { serverName: pick(HOSTS), version: '1.3', alpn: 'h2', ja4: 't13d1516h2', ja3: '' } : undefined,
      class: pick(CLASSES),
      classConfidence: random(),
      classSource: ClassSource.MODEL,
      anomaly: random() ** 4,
      anomalyModelId: 'anomaly-forest-1',
    })
  })
}

import { setFeature, type LabelledFlow } from './labelled-flow.ts'

/** What most flow records hold of one direction; NaN for what a source does not tell. */
export interface DirectionTotals {
  packets: number
  /** IP header and payload. */
  octets: number
  /** Transport payload. */
  payloadOctets: number
}

/** Sets the features of the core tier: those that follow from totals, duration and protocol alone. */
export function setTotals(
  flow: LabelledFlow,
  forward: DirectionTotals,
  reverse: DirectionTotals,
  { durationUs, protocol }: { durationUs: number; protocol: number },
): void {
  setDirection(flow, 'forward', forward)
  setDirection(flow, 'reverse', reverse)
  const packets = forward.packets + reverse.packets
  const octets = forward.octets + reverse.octets
  const payload = forward.payloadOctets + reverse.payloadOctets
  setFeature(flow, 'flow_duration_total_us', durationUs)
  setFeature(flow, 'flow_packets_rate_per_s', shareOf(packets * 1e6, durationUs))
  setFeature(flow, 'flow_volume_rate_octets_per_s', shareOf(octets * 1e6, durationUs))
  setFeature(flow, 'flow_packets_forward_ratio', shareOf(forward.packets, packets))
  setFeature(flow, 'flow_volume_forward_ratio', shareOf(forward.octets, octets))
  setFeature(flow, 'flow_payload_forward_ratio', shareOf(forward.payloadOctets, payload))
  setProtocol(flow, protocol)
  setFeature(flow, 'flow_reply_present_flag', flagOf(reverse.packets > 0, reverse.packets))
}

/** Gaps between packets of one direction, microseconds: a mean needs two packets, a spread three. */
export function setGaps(
  flow: LabelledFlow,
  direction: 'forward' | 'reverse',
  packets: number,
  gaps: { min: number; max: number; mean: number; std: number },
): void {
  const given = (value: number, least: number) => (packets >= least && value >= 0 ? value : NaN)
  setFeature(flow, `${direction}_iat_min_us`, given(gaps.min, 2))
  setFeature(flow, `${direction}_iat_max_us`, given(gaps.max, 2))
  setFeature(flow, `${direction}_iat_mean_us`, given(gaps.mean, 2))
  setFeature(flow, `${direction}_iat_std_us`, given(gaps.std, 3))
}

/** `protocol` is the IP protocol number, NaN where the source does not say. */
export function setProtocol(flow: LabelledFlow, protocol: number): void {
  setFeature(flow, 'flow_protocol_tcp_flag', flagOf(protocol === 6, protocol))
  setFeature(flow, 'flow_protocol_udp_flag', flagOf(protocol === 17, protocol))
  setFeature(flow, 'flow_protocol_icmp_flag', flagOf(protocol === 1 || protocol === 58, protocol))
}

function setDirection(flow: LabelledFlow, direction: 'forward' | 'reverse', totals: DirectionTotals): void {
  setFeature(flow, `${direction}_packets_total_count`, totals.packets)
  setFeature(flow, `${direction}_volume_total_octets`, totals.octets)
  setFeature(flow, `${direction}_payload_total_octets`, totals.payloadOctets)
  setFeature(flow, `${direction}_length_mean_octets`, shareOf(totals.octets, totals.packets))
}

/** NaN where the whole is nothing or either is not known. */
export const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : NaN)

const flagOf = (is: boolean, known: number): number => (Number.isNaN(known) ? NaN : is ? 1 : 0)

const PROTOCOLS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, gre: 47, 'ipv6-icmp': 58, icmp6: 58, sctp: 132 }

/** The IP protocol number of a name or a number; 0 for any other word, NaN for no word. */
export function protocolOf(text: string): number {
  const word = text.trim().toLowerCase()
  if (word === '' || word === '-') return NaN
  return /^\d+$/.test(word) ? Number(word) : (PROTOCOLS[word] ?? 0)
}

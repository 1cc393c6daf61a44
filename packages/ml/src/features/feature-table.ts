import { define, type FeatureDefinition, type FeatureTier } from './feature-definition.ts'
import { handshakeFeatures } from './handshake-table.ts'
import { DIRECT_GAPS, DIRECT_LENGTHS, SEQUENCE_LENGTH, gapFeatures, lengthFeatures } from './sequence-table.ts'

type Direction = 'forward' | 'reverse'

const notTcp = 'not TCP, or no packets this way'

function directionFeatures(direction: Direction): FeatureDefinition[] {
  const from = direction === 'forward' ? 'the initiator' : 'the responder'
  const none = 'no packets this way'
  const length = (statistic: string, tells: string, absent = none) =>
    define(`${direction}_length_${statistic}_octets`, 'octets', tells, '0 to 65,575', absent)
  const gap = (statistic: string, tells: string, absent: string) =>
    define(`${direction}_iat_${statistic}_us`, 'us', tells, '0 and up', absent)
  const flag = (quantity: string, tells: string) =>
    define(`${direction}_${quantity}_total_count`, 'count', tells, '0 and up', notTcp)
  const share = (quantity: string, tells: string) =>
    define(`${direction}_${quantity}_share_ratio`, 'ratio', tells, '0 to 1', notTcp)
  return [
    define(`${direction}_packets_total_count`, 'count', `packets from ${from}`, '0 and up'),
    define(`${direction}_volume_total_octets`, 'octets', `IP header and payload octets from ${from}`, '0 and up'),
    define(`${direction}_payload_total_octets`, 'octets', `transport payload from ${from}`, '0 and up'),
    define(`${direction}_payload_share_ratio`, 'ratio', 'share of packets that carry payload', '0 to 1', none),
    length('min', 'smallest IP packet'),
    length('max', 'largest IP packet'),
    length('mean', 'mean IP packet length'),
    length('std', 'spread of IP packet lengths', 'fewer than two packets this way'),
    gap('min', 'shortest gap between packets', 'fewer than two packets this way'),
    gap('max', 'longest gap between packets', 'fewer than two packets this way'),
    gap('mean', 'mean gap between packets', 'fewer than two packets this way'),
    gap('std', 'spread of gaps between packets', 'fewer than three packets this way'),
    flag('syn', 'segments with SYN'),
    flag('fin', 'segments with FIN'),
    flag('rst', 'segments with RST'),
    share('psh', 'share of segments with PSH: message boundaries'),
    share('ack', 'share of segments with ACK'),
    share('retransmission', 'share of segments sent again'),
  ]
}

function firstPacketFeatures(): FeatureDefinition[] {
  const none = 'no payload packets'
  return [
    ...lengthFeatures(0, DIRECT_LENGTHS),
    ...gapFeatures(0, DIRECT_GAPS),
    define(
      'flow_opening_mean_octets',
      'octets',
      'mean unsigned length of the first 16 payload packets',
      '0 and up',
      none,
    ),
    define('flow_opening_std_octets', 'octets', 'spread of those lengths', '0 and up', none),
    define('flow_opening_turns_count', 'count', 'changes of direction among them', '0 to 15', none),
    define('flow_opening_forward_ratio', 'ratio', 'share of them sent by the initiator', '0 to 1', none),
    define('flow_opening_gap_us', 'us', 'mean of their gaps', '0 and up', none),
    define('flow_opening_pause_us', 'us', 'longest of their gaps', '0 and up', none),
  ]
}

const flowFeatureDefinitions: FeatureDefinition[] = [
  define('flow_duration_total_us', 'us', 'first to last packet', '0 and up'),
  define('flow_packets_rate_per_s', 'per s', 'packets a second, both ways', '0 and up', 'duration is 0'),
  define('flow_volume_rate_octets_per_s', 'octets per s', 'octets a second, both ways', '0 and up', 'duration is 0'),
  define('flow_packets_forward_ratio', 'ratio', 'share of packets sent by the initiator', '0 to 1', 'no packets'),
  define('flow_volume_forward_ratio', 'ratio', 'share of octets sent by the initiator', '0 to 1', 'no octets'),
  define('flow_payload_forward_ratio', 'ratio', 'share of payload sent by the initiator', '0 to 1', 'no payload'),
  define('flow_handshake_rtt_us', 'us', 'TCP handshake round trip as seen by the sensor', '0 and up', 'not seen'),
  define('flow_protocol_tcp_flag', 'flag', 'IP protocol 6', '0 or 1'),
  define('flow_protocol_udp_flag', 'flag', 'IP protocol 17', '0 or 1'),
  define('flow_protocol_icmp_flag', 'flag', 'IP protocol 1 or 58', '0 or 1'),
  define('flow_reply_present_flag', 'flag', 'the responder sent at least one packet', '0 or 1'),
]

/** What any flow record has, Zeek's conn.log and most NetFlow exporters included. */
const CORE: ReadonlySet<string> = new Set([
  ...['forward', 'reverse'].flatMap((direction) =>
    ['packets_total_count', 'volume_total_octets', 'payload_total_octets'].map((rest) => `${direction}_${rest}`),
  ),
  ...flowFeatureDefinitions.map(({ name }) => name).filter((name) => name !== 'flow_handshake_rtt_us'),
])

const tierOf = (name: string): FeatureTier => (CORE.has(name) ? 'core' : 'timing-and-length')

/** Feature set version 3, in vector order: the columns of version 1, the handshake tier, the rest of the first 16 lengths and gaps. */
export const FEATURE_TABLE: readonly FeatureDefinition[] = [
  ...[
    ...directionFeatures('forward'),
    ...directionFeatures('reverse'),
    ...flowFeatureDefinitions,
    ...firstPacketFeatures(),
  ].map((feature) => ({ ...feature, tier: tierOf(feature.name) })),
  ...handshakeFeatures,
  ...lengthFeatures(DIRECT_LENGTHS, SEQUENCE_LENGTH),
  ...gapFeatures(DIRECT_GAPS, SEQUENCE_LENGTH),
]

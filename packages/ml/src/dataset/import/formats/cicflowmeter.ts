import { setFeature } from '../labelled-flow.ts'
import { numberOf } from '../read-records.ts'
import { setGaps, setTotals, shareOf } from '../totals.ts'
import type { TableFormatFactory } from './table-format.ts'

/** Header of an IPv4 packet without options: the tables do not hold its length. */
const IP_HEADER = 20

const MAPPING = {
  flow_duration_total_us: 'Flow Duration',
  forward_packets_total_count: 'Total Fwd Packet',
  reverse_packets_total_count: 'Total Bwd packets',
  forward_payload_total_octets: 'Total Length of Fwd Packet',
  reverse_payload_total_octets: 'Total Length of Bwd Packet',
  forward_volume_total_octets: 'Total Length of Fwd Packet + Fwd Header Length + 20 a packet',
  reverse_volume_total_octets: 'Total Length of Bwd Packet + Bwd Header Length + 20 a packet',
  forward_iat: 'Fwd IAT Min, Max, Mean, Std',
  reverse_iat: 'Bwd IAT Min, Max, Mean, Std',
  psh_share: 'Fwd PSH Flags, Bwd PSH Flags',
  rst_count: 'Fwd RST Flags, Bwd RST Flags',
  flow_protocol: 'Protocol',
}

/**
 * CICFlowMeter tables (Lashkari et al. 2017), names as of the corrected version (Engelen, Rimmer and Joosen 2021). Times are
 * microseconds, lengths are payload, header lengths are the transport's.
 */
export const cicflowmeter: TableFormatFactory = (label = 'Label') => ({
  labelColumn: label,
  required: ['Flow Duration', 'Total Fwd Packet', 'Total Bwd packets', 'Protocol', label],
  mapping: MAPPING,
  read(record, flow) {
    const field = (name: string) => numberOf(record.get(name))
    const total = (packets: number, payload: number, header: number) => ({
      packets,
      payloadOctets: payload,
      octets: payload + header + IP_HEADER * packets,
    })
    const forward = total(field('Total Fwd Packet'), field('Total Length of Fwd Packet'), field('Fwd Header Length'))
    const reverse = total(field('Total Bwd packets'), field('Total Length of Bwd Packet'), field('Bwd Header Length'))
    const protocol = field('Protocol')
    setTotals(flow, forward, reverse, { durationUs: field('Flow Duration'), protocol })
    for (const [direction, word, { packets }] of [
      ['forward', 'Fwd', forward],
      ['reverse', 'Bwd', reverse],
    ] as const) {
      const gap = (name: string) => field(`${word} IAT ${name}`)
      setGaps(flow, direction, packets, { min: gap('Min'), max: gap('Max'), mean: gap('Mean'), std: gap('Std') })
      if (protocol !== 6 || packets === 0) continue
      setFeature(flow, `${direction}_psh_share_ratio`, shareOf(field(`${word} PSH Flags`), packets))
      setFeature(flow, `${direction}_rst_total_count`, field(`${word} RST Flags`))
    }
    flow.label = record.get(label).trim()
    flow.host = record.get('Src IP')
    flow.startUs = Date.parse(`${record.get('Timestamp').replace(' ', 'T')}Z`) * 1000
  },
})

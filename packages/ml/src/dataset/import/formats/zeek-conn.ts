import { numberOf } from '../read-records.ts'
import { protocolOf, setTotals } from '../totals.ts'
import type { TableFormatFactory } from './table-format.ts'

const MAPPING = {
  flow_duration_total_us: 'duration, seconds',
  forward_packets_total_count: 'orig_pkts',
  reverse_packets_total_count: 'resp_pkts',
  forward_volume_total_octets: 'orig_ip_bytes',
  reverse_volume_total_octets: 'resp_ip_bytes',
  forward_payload_total_octets: 'orig_bytes',
  reverse_payload_total_octets: 'resp_bytes',
  flow_protocol: 'proto',
}

/**
 * Zeek's conn.log, as tabs, as JSON lines or as a table with its column names, with a column that says what a row is (`label` where
 * nothing else is said). A connection without a duration has one packet each way at most, and lasted no time.
 */
export const zeekConn: TableFormatFactory = (label = 'label') => ({
  labelColumn: label,
  required: ['ts', 'id.orig_h', 'proto', 'orig_pkts', 'orig_ip_bytes', 'resp_pkts', 'resp_ip_bytes', label],
  mapping: MAPPING,
  read(record, flow) {
    const field = (name: string) => numberOf(record.get(name))
    const seconds = field('duration')
    const payload = (name: string) => (Number.isNaN(field(name)) ? 0 : field(name))
    setTotals(
      flow,
      { packets: field('orig_pkts'), octets: field('orig_ip_bytes'), payloadOctets: payload('orig_bytes') },
      { packets: field('resp_pkts'), octets: field('resp_ip_bytes'), payloadOctets: payload('resp_bytes') },
      { durationUs: Number.isNaN(seconds) ? 0 : seconds * 1e6, protocol: protocolOf(record.get('proto')) },
    )
    flow.label = record.get(label).trim()
    flow.host = record.get('id.orig_h')
    flow.startUs = field('ts') * 1e6
  },
})

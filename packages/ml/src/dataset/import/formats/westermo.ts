import { setFeature } from '../labelled-flow.ts'
import { numberOf } from '../read-records.ts'
import { protocolOf, setTotals } from '../totals.ts'
import type { TableFormatFactory } from './table-format.ts'

const MAPPING = {
  flow_duration_total_us: 'duration, seconds',
  packets_total_count: 'sPackets, rPackets',
  volume_total_octets: 'sBytesSum, rBytesSum',
  payload_total_octets: 'sPayloadSum, rPayloadSum',
  length: 'sBytesMin, sBytesMax, sBytesAvg and the same of r',
  iat_mean_us: 'sInterPacketAvg, rInterPacketAvg, seconds',
  flag_shares: 'sAckRate, sPshRate and the same of r',
  flag_counts: 'sSynRate, sFinRate, sRstRate times packets and the same of r',
  flow_protocol: 'protocol',
}

/** Flow tables of the Westermo network traffic data set (Strandberg et al. 2023): s is the initiator, r the responder. */
export const westermo: TableFormatFactory = (label = 'NST_M_Label') => ({
  labelColumn: label,
  required: ['sPackets', 'rPackets', 'sBytesSum', 'rBytesSum', 'duration', 'start', 'protocol', label],
  mapping: MAPPING,
  read(record, flow) {
    const field = (name: string) => numberOf(record.get(name))
    const side = (s: string) => ({
      packets: field(`${s}Packets`),
      octets: field(`${s}BytesSum`),
      payloadOctets: field(`${s}PayloadSum`),
    })
    const protocol = protocolOf(record.get('protocol').replace(/^IPV[46]-/, ''))
    setTotals(flow, side('s'), side('r'), { durationUs: field('duration') * 1e6, protocol })
    for (const [direction, s] of [
      ['forward', 's'],
      ['reverse', 'r'],
    ] as const) {
      const packets = field(`${s}Packets`)
      if (!(packets > 0)) continue
      setFeature(flow, `${direction}_length_min_octets`, field(`${s}BytesMin`))
      setFeature(flow, `${direction}_length_max_octets`, field(`${s}BytesMax`))
      if (packets > 1) setFeature(flow, `${direction}_iat_mean_us`, field(`${s}InterPacketAvg`) * 1e6)
      if (protocol !== 6) continue
      setFeature(flow, `${direction}_ack_share_ratio`, field(`${s}AckRate`))
      setFeature(flow, `${direction}_psh_share_ratio`, field(`${s}PshRate`))
      for (const flag of ['Syn', 'Fin', 'Rst']) {
        const count = Math.round(field(`${s}${flag}Rate`) * packets)
        setFeature(flow, `${direction}_${flag.toLowerCase()}_total_count`, count)
      }
    }
    flow.label = record.get(label).trim()
    flow.host = record.get('sIPs')
    flow.startUs = field('start') * 1e6
  },
})

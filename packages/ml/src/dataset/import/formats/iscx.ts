import { setFeature } from '../labelled-flow.ts'
import { numberOf } from '../read-records.ts'
import { setGaps, setTotals } from '../totals.ts'
import type { TableFormatFactory } from './table-format.ts'

const MAPPING = {
  flow_duration_total_us: 'duration',
  forward_packets_total_count: 'total_fiat / mean_fiat + 1',
  reverse_packets_total_count: 'total_biat / mean_biat + 1',
  forward_iat: 'min_fiat, max_fiat, mean_fiat',
  reverse_iat: 'min_biat, max_biat, mean_biat',
  flow_packets_rate_per_s: 'flowPktsPerSecond',
  flow_volume_rate_octets_per_s: 'flowBytesPerSecond',
}

/**
 * Tables of ISCX VPN-nonVPN 2016 (Draper-Gil et al.): times in microseconds, rates, `class1`. They say neither when a flow was nor
 * between whom, and give octets for both directions together only.
 */
export const iscx: TableFormatFactory = (label = 'class1') => ({
  labelColumn: label,
  required: ['duration', 'total_fiat', 'mean_fiat', 'total_biat', 'mean_biat', label],
  mapping: MAPPING,
  read(record, flow) {
    const field = (name: string) => numberOf(record.get(name))
    const packetsOf = (letter: string) => {
      const mean = field(`mean_${letter}iat`)
      return mean > 0 ? Math.round(field(`total_${letter}iat`) / mean) + 1 : NaN
    }
    const durationUs = field('duration')
    const [forward, reverse] = [packetsOf('f'), packetsOf('b')]
    const side = (packets: number) => ({ packets, octets: NaN, payloadOctets: NaN })
    setTotals(flow, side(forward), side(reverse), { durationUs, protocol: NaN })
    for (const [direction, letter, packets] of [
      ['forward', 'f', forward],
      ['reverse', 'b', reverse],
    ] as const) {
      const gap = (name: string) => field(`${name}_${letter}iat`)
      setGaps(flow, direction, packets, { min: gap('min'), max: gap('max'), mean: gap('mean'), std: NaN })
    }
    setFeature(flow, 'flow_packets_rate_per_s', field('flowPktsPerSecond'))
    setFeature(flow, 'flow_volume_rate_octets_per_s', field('flowBytesPerSecond'))
    flow.label = record.get(label).trim()
  },
})

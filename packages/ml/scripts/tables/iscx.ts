import { numberOf, type TableRecipe } from './table-data.ts'

const TIMES =
  'duration,total_fiat,total_biat,min_fiat,min_biat,max_fiat,max_biat,mean_fiat,mean_biat,flowPktsPerSecond,flowBytesPerSecond,min_flowiat,max_flowiat,mean_flowiat,std_flowiat,min_active,mean_active,max_active,std_active,min_idle,mean_idle,max_idle,std_idle'.split(
    ',',
  )

/** ISCX VPN-nonVPN 2016 (Draper-Gil et al.), flows of 15 s, 7 classes plain and 7 through a VPN. Sums follow from the rates. */
export const ISCX: TableRecipe = {
  files: [
    'iscx-vpn-nonvpn2016/TimeBasedFeatures-Dataset-15s-NO-VPN.csv.gz',
    'iscx-vpn-nonvpn2016/TimeBasedFeatures-Dataset-15s-VPN.csv.gz',
  ],
  features: [
    ...TIMES,
    'packets',
    'octets',
    'octets_per_packet',
    'forward_packets',
    'backward_packets',
    'forward_share',
  ],
  toValues(fields) {
    const seconds = numberOf(fields('duration')) / 1e6
    const packetRate = numberOf(fields('flowPktsPerSecond'))
    const octetRate = numberOf(fields('flowBytesPerSecond'))
    const forward = numberOf(fields('total_fiat')) / numberOf(fields('mean_fiat')) + 1
    const backward = numberOf(fields('total_biat')) / numberOf(fields('mean_biat')) + 1
    const sums = [packetRate * seconds, octetRate * seconds, octetRate / packetRate]
    return [
      ...TIMES.map((column) => numberOf(fields(column))),
      ...sums,
      forward,
      backward,
      forward / (forward + backward),
    ].map((value) => (Number.isFinite(value) ? value : NaN))
  },
  toLabel: (fields) => fields('class1'),
}

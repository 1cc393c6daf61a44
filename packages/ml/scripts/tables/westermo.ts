import { numberOf, type Fields, type TableRecipe } from './table-data.ts'

const NUMBERS =
  'duration,sPackets,rPackets,sBytesSum,rBytesSum,sBytesMax,rBytesMax,sBytesMin,rBytesMin,sBytesAvg,rBytesAvg,sLoad,rLoad,sPayloadSum,rPayloadSum,sPayloadMax,rPayloadMax,sPayloadMin,rPayloadMin,sPayloadAvg,rPayloadAvg,sInterPacketAvg,rInterPacketAvg,sAckRate,rAckRate,sUrgRate,rUrgRate,sFinRate,rFinRate,sPshRate,rPshRate,sSynRate,rSynRate,sRstRate,rRstRate,sFragmentRate,rFragmentRate,sAckDelayMax,rAckDelayMax,sAckDelayMin,rAckDelayMin,sAckDelayAvg,rAckDelayAvg'.split(
    ',',
  )
const PROTOCOLS = ['ARP', 'ICMP', 'IGMP', 'LLDP', 'RSTP', 'TCP', 'UDP']

/** Westermo network traffic (2023): flows of sensors in one industrial network; anomalous is a flow from or to the attacker (NST). */
export const westermo = (sensors: readonly ('left' | 'right')[]): TableRecipe => ({
  files: sensors.map((sensor) => `westermo/flows_${sensor}.csv.gz`),
  features: [...NUMBERS, ...PROTOCOLS],
  toValues: (fields) => [
    ...NUMBERS.map((column) => numberOf(fields(column))),
    ...PROTOCOLS.map((protocol) => (fields('protocol') === protocol ? 1 : 0)),
  ],
  toLabel: (fields) => (fields('NST_B_Label') === '0' ? 'normal' : 'attack'),
  toTime: (fields) => fields('startDate'),
  toEndpoints: (fields) => ({
    source: fields('sAddress'),
    destination: fields('rAddress'),
    service: fields('protocol'),
    seconds: numberOf(fields('start')),
    isAnswered: numberOf(fields('rPackets')) > 0,
    hasFailed: fields('protocol') === 'TCP' ? hasFailed(fields) : undefined,
  }),
})

function hasFailed(fields: Fields): boolean {
  const isAbove = (column: string) => numberOf(fields(column)) > 0
  if (isAbove('sPayloadSum') || isAbove('rPayloadSum') || !isAbove('sSynRate')) return false
  return !isAbove('rPackets') || isAbove('rRstRate') || isAbove('sRstRate')
}

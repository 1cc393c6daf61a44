import { numberOf, type Fields, type TableRecipe } from './table-data.ts'

const NUMBERS = 'duration,orig_bytes,resp_bytes,missed_bytes,orig_pkts,orig_ip_bytes,resp_pkts,resp_ip_bytes'.split(',')
const STATES = ['S0', 'S1', 'SF', 'REJ', 'S2', 'S3', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'OTH']
const EVENTS = [...'SHADFRCGTWIQshadfrcgtwi^']
const RESETS = ['REJ', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH']
const PROTOCOLS = ['tcp', 'udp', 'icmp']

const SCENARIOS = {
  '4': 'Honeypot-Capture-4-1',
  '5': 'Honeypot-Capture-5-1',
  '20': 'Malware-Capture-20-1',
  '34': 'Malware-Capture-34-1',
  '42': 'Malware-Capture-42-1',
}

export type Scenario = keyof typeof SCENARIOS

/** Scenarios of IoT-23 (Garcia, Parmisano, Erquiaga 2020) as Zeek conn rows: no address, no port; the history as counts of its letters. */
export const iot23 = (scenarios: readonly Scenario[]): TableRecipe => ({
  files: scenarios.map((scenario) => `aucad/iot-23/CTU-${SCENARIOS[scenario]}-labeled.csv.gz`),
  features: [...NUMBERS, 'octets_per_packet', ...STATES, ...PROTOCOLS, ...EVENTS.map((letter) => `history_${letter}`)],
  toValues: (fields) => [
    ...NUMBERS.map((column) => numberOf(fields(column))),
    numberOf(fields('orig_ip_bytes')) / numberOf(fields('orig_pkts')),
    ...STATES.map((state) => (fields('conn_state') === state ? 1 : 0)),
    ...PROTOCOLS.map((protocol) => (fields('proto') === protocol ? 1 : 0)),
    ...EVENTS.map((letter) => fields('history').split(letter).length - 1),
  ],
  toLabel: (fields) => (fields('label').toLowerCase() === 'benign' ? 'normal' : 'attack'),
  toTime: (fields) => fields('ts'),
  toEndpoints: (fields) => ({
    source: fields('id.orig_h'),
    destination: fields('id.resp_h'),
    service: `${fields('proto')} ${fields('id.resp_p')}`,
    seconds: numberOf(fields('ts')),
    isAnswered: numberOf(fields('resp_pkts')) > 0,
    hasFailed: fields('proto') === 'tcp' ? hasFailed(fields) : undefined,
  }),
})

function hasFailed(fields: Fields): boolean {
  const carriesPayload = numberOf(fields('orig_bytes')) > 0 || numberOf(fields('resp_bytes')) > 0
  return !carriesPayload && (numberOf(fields('resp_pkts')) === 0 || RESETS.includes(fields('conn_state')))
}

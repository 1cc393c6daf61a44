import { numberOf, type TableRecipe } from './table-data.ts'

const COUNT = 41
const HEADER = Array.from({ length: COUNT + 2 }, (_, i) => `column_${i + 1}`)
/** protocol, service and flag are words. */
const WORDS = new Set(['column_2', 'column_3', 'column_4'])
const NUMBERS = HEADER.slice(0, COUNT).filter((name) => !WORDS.has(name))
const PROTOCOLS = ['tcp', 'udp', 'icmp']
const FLAGS = ['SF', 'S0', 'REJ', 'RSTR', 'RSTO', 'S1', 'S2', 'S3', 'SH', 'OTH', 'RSTOS0']

/** NSL-KDD (Tavallaee et al. 2009), the 20 % part of its training set; the service is left out, as a port would be. */
export const NSL_KDD: TableRecipe = {
  files: ['nsl-kdd/KDDTrain+_20Percent.txt.gz'],
  header: HEADER,
  features: [...NUMBERS, ...PROTOCOLS, ...FLAGS],
  toValues: (fields) => [
    ...NUMBERS.map((column) => numberOf(fields(column))),
    ...PROTOCOLS.map((name) => (fields('column_2') === name ? 1 : 0)),
    ...FLAGS.map((name) => (fields('column_4') === name ? 1 : 0)),
  ],
  toLabel: (fields) => (fields('column_42') === 'normal' ? 'normal' : 'attack'),
}

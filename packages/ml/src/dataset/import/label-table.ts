import { basename } from 'node:path'
import { MlError } from '../../errors.ts'
import { readRecords, type TableRecord } from './read-records.ts'
import { protocolOf } from './totals.ts'

/** Labels held at once, some 300 MB; a larger table has to be cut by capture. */
const MAX_LABELS = 2_000_000

/** Names that such tables use for the same thing, the first that is there counts. */
const NAMES = {
  file: ['file', 'pcap', 'capture'],
  protocol: ['proto', 'protocol'],
  source: ['src_ip', 'source_ip', 'id.orig_h', 'Src IP'],
  sourcePort: ['src_port', 'source_port', 'id.orig_p', 'Src Port'],
  destination: ['dst_ip', 'destination_ip', 'id.resp_h', 'Dst IP'],
  destinationPort: ['dst_port', 'destination_port', 'id.resp_p', 'Dst Port'],
}

/** Ends of one flow, as a label table and a meter line name them. */
export interface FlowEnds {
  protocol: number
  source: string
  sourcePort: number
  destination: string
  destinationPort: number
}

/** What captures' flows are, by their ends or by the capture alone. */
export class LabelTable {
  readonly #labels = new Map<string, string>()

  /**
   * Reads a table with a label column (`label` unless said otherwise) and the ends of a flow, or a file name, or both. Throws
   * TABLE_COLUMNS where it has neither.
   */
  static async read(path: string, label = 'label'): Promise<LabelTable> {
    const table = new LabelTable()
    for await (const record of readRecords(path, [label])) {
      const key = keyOfRecord(record, path)
      if (table.#labels.size >= MAX_LABELS && !table.#labels.has(key)) {
        throw new MlError('TABLE_UNREADABLE', `${path}: more than ${MAX_LABELS} labels; cut the table by capture`)
      }
      table.#labels.set(key, record.get(label).trim())
    }
    return table
  }

  /** The label of a flow: by capture and ends, by ends, by capture; empty where the table says nothing. */
  labelOf(capture: string, ends: FlowEnds | undefined): string {
    const file = basename(capture)
    const byEnds = ends && (this.#labels.get(`${file} ${keyOf(ends)}`) ?? this.#labels.get(` ${keyOf(ends)}`))
    return byEnds ?? this.#labels.get(`${file} `) ?? ''
  }
}

function keyOfRecord(record: TableRecord, path: string): string {
  const named = (names: readonly string[]) => names.find((name) => record.columns.includes(name))
  const field = (names: readonly string[]) => record.get(named(names) ?? '')
  const hasEnds = named(NAMES.source) !== undefined && named(NAMES.destination) !== undefined
  if (!hasEnds && named(NAMES.file) === undefined) {
    throw new MlError(
      'TABLE_COLUMNS',
      `${path}: needs ${NAMES.file[0]}, or ${NAMES.source[0]} and ${NAMES.destination[0]}; found ${record.columns.slice(0, 12).join(', ')}`,
    )
  }
  const file = basename(field(NAMES.file))
  if (!hasEnds) return `${file} `
  const ends = {
    protocol: protocolOf(field(NAMES.protocol)),
    source: field(NAMES.source),
    sourcePort: Number(field(NAMES.sourcePort)) || 0,
    destination: field(NAMES.destination),
    destinationPort: Number(field(NAMES.destinationPort)) || 0,
  }
  return `${file} ${keyOf(ends)}`
}

/** The same for both directions: tables differ in whom they call the source. */
function keyOf({ protocol, source, sourcePort, destination, destinationPort }: FlowEnds): string {
  const ends = [`${source}|${sourcePort}`, `${destination}|${destinationPort}`].sort()
  return `${protocol} ${ends.join(' ')}`
}

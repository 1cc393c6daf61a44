import { basename } from 'node:path'
import { cicflowmeter } from './formats/cicflowmeter.ts'
import { iscx } from './formats/iscx.ts'
import { mappedCsv, readMapping } from './formats/mapped-csv.ts'
import type { TableFormat } from './formats/table-format.ts'
import { westermo } from './formats/westermo.ts'
import { zeekConn } from './formats/zeek-conn.ts'
import type { OctetsRead } from '../read-lines.ts'
import { LabelTable } from './label-table.ts'
import { createLabelledFlow, type LabelledFlow } from './labelled-flow.ts'
import { readCaptures } from './read-captures.ts'
import { readRecords, type TableRecord } from './read-records.ts'

export const IMPORT_FORMATS = ['captures', 'cicflowmeter', 'zeek-conn', 'westermo', 'iscx', 'csv'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

export interface SourceOptions {
  format: ImportFormat
  files: readonly string[]
  /** Column with the label, of the table or of the label table; each format has its own where absent. */
  label?: string
  /** Label table of captures. */
  labels?: string
  /** Mapping file of `csv`. */
  mapping?: string
}

/** Labelled flows of some files, which can be read again and again. */
export interface FlowSource {
  /** Which column became which feature. */
  readonly mapping: Readonly<Record<string, string>>
  /** Column of the table that is the label. */
  readonly labelColumn?: string
  /** The same flow object for every row; `record` is the row of a table it was made of. */
  read(onRead?: OctetsRead): AsyncGenerator<{ flow: LabelledFlow; record?: TableRecord }>
}

/** Opens files of one format. Throws TABLE_UNREADABLE or TABLE_COLUMNS, some of them only while they are read. */
export async function openSource(options: SourceOptions): Promise<FlowSource> {
  if (options.format !== 'captures') return tableSource(options.files, await formatOf(options))
  const labels = options.labels === undefined ? undefined : await LabelTable.read(options.labels, options.label)
  return {
    mapping: { 'every feature': 'metered by the sensor' },
    async *read(onRead) {
      const flow = createLabelledFlow()
      for (const file of options.files) {
        for await (const each of readCaptures(file, labels, flow, onRead)) yield { flow: each }
      }
    },
  }
}

async function formatOf({ format, label, mapping }: SourceOptions): Promise<TableFormat> {
  if (format === 'cicflowmeter') return cicflowmeter(label)
  if (format === 'zeek-conn') return zeekConn(label)
  if (format === 'westermo') return westermo(label)
  if (format === 'iscx') return iscx(label)
  const columns = await readMapping(mapping ?? '')
  return mappedCsv(label === undefined ? columns : { ...columns, label })
}

function tableSource(files: readonly string[], format: TableFormat): FlowSource {
  return {
    mapping: format.mapping,
    labelColumn: format.labelColumn,
    async *read(onRead) {
      const flow = createLabelledFlow()
      for (const file of files) {
        for await (const record of readRecords(file, format.required, onRead)) {
          flow.features.fill(NaN)
          flow.label = flow.host = ''
          flow.startUs = NaN
          flow.capture = basename(file)
          format.read(record, flow)
          yield { flow, record }
        }
      }
    },
  }
}

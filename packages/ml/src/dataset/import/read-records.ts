import { MlError } from '../../errors.ts'
import { parseCsvLine } from '../parse-csv-line.ts'
import { readLines, type OctetsRead } from '../read-lines.ts'

/** One row of a table; a field that is absent or unset is empty text. The same object for every row. */
export interface TableRecord {
  /** Line in the file. */
  readonly line: number
  get(column: string): string
  readonly columns: readonly string[]
}

/**
 * Rows of a table with names: CSV with a header, a Zeek log in its own form (#fields, tabs) or as JSON lines; gunzipped where the
 * name ends in .gz. Throws TABLE_UNREADABLE naming file and line, TABLE_COLUMNS where one of `required` is missing.
 */
export async function* readRecords(
  path: string,
  required: readonly string[],
  onRead?: OctetsRead,
): AsyncGenerator<TableRecord> {
  const record = new MutableRecord()
  let form: 'csv' | 'zeek' | 'json' | undefined
  for await (const raw of readLines(path, onRead)) {
    record.line++
    const line = record.line === 1 ? raw.replace(/^\uFEFF/, '') : raw
    if (line.trim() === '') continue
    if (form === undefined || line.startsWith('#')) {
      form = line.startsWith('#') ? 'zeek' : line.startsWith('{') ? 'json' : 'csv'
      const names = headerOf(line, form)
      if (names) setColumns(record, names, path, required)
      if (form !== 'json') continue
    }
    if (form === 'json') readJson(record, line, path, required)
    else record.fields = form === 'zeek' ? line.split('\t') : parseCsvLine(line)
    if (form !== 'json') requireWidth(record, path)
    yield record
  }
  if (form === undefined) throw new MlError('TABLE_UNREADABLE', `${path}: empty; expected a table with a header`)
}

class MutableRecord implements TableRecord {
  line = 0
  columns: string[] = []
  positions = new Map<string, number>()
  fields: string[] = []

  get(column: string): string {
    const field = this.fields[this.positions.get(column) ?? -1] ?? ''
    return field === '-' || field === '(empty)' ? '' : field
  }
}

/** Names in a header line; undefined where the line holds none. */
function headerOf(line: string, form: 'csv' | 'zeek' | 'json'): string[] | undefined {
  if (form === 'csv') return parseCsvLine(line).map((name) => name.trim())
  return line.startsWith('#fields\t') ? line.split('\t').slice(1) : undefined
}

function setColumns(record: MutableRecord, names: string[], path: string, required: readonly string[]): void {
  record.columns = names
  record.positions = new Map(names.map((name, i) => [name, i]))
  const missing = required.filter((name) => !record.positions.has(name))
  if (missing.length === 0) return
  const found = `${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}`
  throw new MlError(
    'TABLE_COLUMNS',
    `${path}: no column ${missing.map((name) => `"${name}"`).join(', ')}; found ${found}`,
  )
}

function requireWidth(record: MutableRecord, path: string): void {
  if (record.fields.length === record.columns.length) return
  throw new MlError(
    'TABLE_UNREADABLE',
    `${path}:${record.line}: ${record.fields.length} fields, the header has ${record.columns.length}`,
  )
}

/** Objects of one log need not hold the same names: a name that comes late joins the columns. */
function readJson(record: MutableRecord, line: string, path: string, required: readonly string[]): void {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null)
    throw new MlError('TABLE_UNREADABLE', `${path}:${record.line}: not a JSON object`)
  const names = [...new Set([...record.columns, ...Object.keys(value)])]
  if (names.length > record.columns.length) {
    const isFirst = record.columns.length === 0
    setColumns(record, names, path, isFirst ? required.filter((name) => name in value) : [])
  }
  const entries = value as Record<string, unknown>
  record.fields = record.columns.map((name) => (entries[name] === undefined ? '' : String(entries[name])))
}

/** A field as a number, NaN where it is empty or none. */
export const numberOf = (text: string): number => (text.trim() === '' ? NaN : Number(text))

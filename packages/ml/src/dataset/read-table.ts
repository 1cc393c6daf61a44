import { MlError } from '../errors.ts'
import { createRandom } from '../training/random.ts'
import type { LabelledRows } from './labelled-rows.ts'
import { parseCsvLine } from './parse-csv-line.ts'
import { readLines } from './read-lines.ts'
import { Reservoir } from './reservoir.ts'
import { MAX_ROWS, SAMPLE_SEED } from './row-limit.ts'

export interface TableOptions {
  /** Column that says what a row is. */
  label?: string
  /** Columns to leave out. */
  drop?: readonly string[]
  /** Exactly these columns, in this order; else every column that holds numbers. */
  columns?: readonly string[]
  /** Rows held at most; of more a uniform sample is taken. Default 1,000,000. */
  maxRows?: number
}

export interface Table {
  data: LabelledRows
  /** Columns left out because none of their values is a number. */
  notNumeric: string[]
}

/**
 * A CSV table with a header, plain or gzip. What is not a number is absent (NaN), infinities are clipped. Throws
 * TABLE_UNREADABLE or TABLE_COLUMNS saying what was expected and what was found.
 */
export async function readTable(path: string, options: TableOptions): Promise<Table> {
  const lines = readLines(path)
  const first = await lines.next()
  if (first.done) throw new MlError('TABLE_UNREADABLE', `${path}: empty; expected a header line`)
  const header = parseCsvLine(first.value.replace(/^\uFEFF/, '')).map((name) => name.trim())
  const { labelAt, positions } = chooseColumns(path, header, options)
  const collector = new Reservoir(positions.length, options.maxRows ?? MAX_ROWS, createRandom(SAMPLE_SEED))
  const numbersIn = new Float64Array(positions.length)
  const values = new Float64Array(positions.length)
  let number = 1
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    const fields = parseCsvLine(line)
    if (fields.length !== header.length) {
      throw new MlError(
        'TABLE_UNREADABLE',
        `${path}:${number}: ${fields.length} fields, the header has ${header.length}`,
      )
    }
    for (let i = 0; i < positions.length; i++) {
      values[i] = toNumber(fields[positions[i]])
      if (!Number.isNaN(values[i])) numbersIn[i]++
    }
    collector.add(values, labelAt < 0 ? undefined : fields[labelAt].trim() || undefined)
  }
  const data = collector.finish(positions.map((at) => header[at]))
  return options.columns ? { data, notNumeric: [] } : withoutEmptyColumns(data, numbersIn)
}

function chooseColumns(
  path: string,
  header: string[],
  options: TableOptions,
): { labelAt: number; positions: number[] } {
  const find = (name: string) => {
    const at = header.indexOf(name)
    if (at >= 0) return at
    throw new MlError(
      'TABLE_COLUMNS',
      `${path}: no column "${name}"; found ${header.slice(0, 12).join(', ')}${header.length > 12 ? ', ...' : ''}`,
    )
  }
  const labelAt = options.label === undefined ? -1 : find(options.label)
  const dropped = new Set((options.drop ?? []).map(find))
  const positions =
    options.columns?.map(find) ?? header.map((_, at) => at).filter((at) => at !== labelAt && !dropped.has(at))
  return { labelAt, positions }
}

function toNumber(text: string): number {
  const trimmed = text.trim()
  return trimmed === '' ? NaN : Number(trimmed)
}

function withoutEmptyColumns(data: LabelledRows, numbersIn: Float64Array): Table {
  const kept = data.featureNames.map((_, i) => i).filter((i) => numbersIn[i] > 0)
  const notNumeric = data.featureNames.filter((_, i) => numbersIn[i] === 0)
  if (notNumeric.length === 0) return { data, notNumeric }
  const width = data.featureNames.length
  const rows = new Float32Array(data.labels.length * kept.length)
  for (let row = 0, to = 0; row < data.labels.length; row++) {
    for (const column of kept) rows[to++] = data.rows[row * width + column]
  }
  return { data: { ...data, rows, featureNames: kept.map((i) => data.featureNames[i]) }, notNumeric }
}

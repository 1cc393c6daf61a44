import { readFile } from 'node:fs/promises'
import { MlError } from '../../../errors.ts'
import { isFeature, setFeature } from '../labelled-flow.ts'
import { numberOf } from '../read-records.ts'
import { protocolOf, setProtocol } from '../totals.ts'
import type { TableFormat } from './table-format.ts'

/** Microseconds in one of each unit; `iso` is a moment as text, UTC where it names no zone. */
const UNITS = { s: 1e6, ms: 1e3, us: 1, iso: NaN } as const

/**
 * What the columns of a table of one's own are, as JSON:
 *
 *     {"label": "kind", "host": "client", "protocol": "proto", "time": {"column": "begin", "unit": "s"},
 *      "features": {"forward_packets_total_count": "pkts_out", "forward_iat_mean_us": {"column": "gap", "factor": 1e6}}}
 */
export interface ColumnMapping {
  label: string
  features: Record<string, string | { column: string; factor?: number }>
  host?: string
  protocol?: string
  time?: { column: string; unit: keyof typeof UNITS }
}

/** Reads a mapping. Throws TABLE_COLUMNS naming what is wrong in it. */
export async function readMapping(path: string): Promise<ColumnMapping> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new MlError('TABLE_UNREADABLE', `${path}: ${(cause as Error).message}`, { cause })
  }
  const wrong = wrongMapping(value as Partial<ColumnMapping> | null)
  if (wrong) throw new MlError('TABLE_COLUMNS', `${path}: ${wrong}`)
  return value as ColumnMapping
}

function wrongMapping(value: Partial<ColumnMapping> | null): string | undefined {
  if (typeof value !== 'object' || value === null) return 'expected an object with "label" and "features"'
  if (typeof value.label !== 'string') return '"label" must name the column that says what a row is'
  const features = Object.entries(value.features ?? {})
  if (features.length === 0) return '"features" must map at least one feature to a column'
  for (const [name, source] of features) {
    if (!isFeature(name)) return `"${name}" is no feature; the list is in packages/ml/README.md`
    const column = typeof source === 'string' ? source : source?.column
    if (typeof column !== 'string') return `"${name}" must be a column or {"column", "factor"}`
    if (typeof source !== 'string' && source.factor !== undefined && !Number.isFinite(source.factor))
      return `"${name}": "factor" must be a number`
  }
  if (value.time && !(value.time.unit in UNITS)) return `"time" must have a unit of ${Object.keys(UNITS).join(', ')}`
  return undefined
}

/** A table of any columns by a mapping of one's own. */
export function mappedCsv(mapping: ColumnMapping): TableFormat {
  const features = Object.entries(mapping.features).map(([name, source]) =>
    typeof source === 'string' ? { name, column: source, factor: 1 } : { name, factor: 1, ...source },
  )
  const named = [mapping.host, mapping.protocol, mapping.time?.column].filter((name) => name !== undefined)
  return {
    labelColumn: mapping.label,
    required: [mapping.label, ...features.map(({ column }) => column), ...named],
    mapping: Object.fromEntries(
      features.map(({ name, column, factor }) => [name, factor === 1 ? column : `${column} times ${factor}`]),
    ),
    read(record, flow) {
      for (const { name, column, factor } of features) setFeature(flow, name, numberOf(record.get(column)) * factor)
      if (mapping.protocol !== undefined) setProtocol(flow, protocolOf(record.get(mapping.protocol)))
      flow.label = record.get(mapping.label).trim()
      flow.host = mapping.host === undefined ? '' : record.get(mapping.host)
      if (mapping.time) flow.startUs = momentOf(record.get(mapping.time.column), mapping.time.unit)
    },
  }
}

function momentOf(text: string, unit: keyof typeof UNITS): number {
  if (unit !== 'iso') return numberOf(text) * UNITS[unit]
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text)
  return Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`) * 1000
}

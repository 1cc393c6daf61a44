import type { Queryable } from '../database.ts'
import { encodeArray, type ElementType, type ElementValue } from './binary-array.ts'

/** One column of a table and where its value comes from. */
export interface Column<Row> {
  name: string
  type: ElementType
  of: (row: Row) => ElementValue
  /** SQL made of the unnested value; the value itself when absent. */
  as?: (value: string) => string
}

/** A jsonb value to text[]. */
export const asTexts = (value: string) => `ARRAY(SELECT jsonb_array_elements_text(${value}))`
/** A jsonb value to real[]. */
export const asReals = (value: string) => `ARRAY(SELECT jsonb_array_elements_text(${value})::real)`

export interface ExtraColumn {
  name: string
  /** SQL; `row_number` counts the rows from 1, `$<parameter>` is the extra value. */
  sql: (parameter: number) => string
  value: unknown
}

/** Inserts all rows in one statement: `INSERT ... SELECT ... FROM unnest(...)`, one binary array a column. */
export async function insertColumns<Row>(
  tx: Queryable,
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { extra?: ExtraColumn; conflict?: string } = {},
): Promise<void> {
  if (rows.length === 0) return
  const values: unknown[] = columns.map((column) => encodeArray(column.type, rows, column.of))
  const names = columns.map((column) => column.name)
  const selected = columns.map((column) => (column.as ? column.as(`r.${column.name}`) : `r.${column.name}`))
  if (options.extra) {
    values.push(options.extra.value)
    names.push(options.extra.name)
    selected.push(options.extra.sql(values.length))
  }
  const arrays = columns.map((column, i) => `$${i + 1}::${column.type}[]`)
  const unnested = columns.map((column) => column.name).join(', ')
  await tx.query(
    `INSERT INTO ${table} (${names.join(', ')})
     SELECT ${selected.join(', ')}
     FROM unnest(${arrays.join(', ')}) WITH ORDINALITY AS r(${unnested}, row_number)
     ${options.conflict ?? ''}`,
    values,
  )
}

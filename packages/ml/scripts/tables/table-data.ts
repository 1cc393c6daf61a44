import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabelledRows } from '../../src/dataset/labelled-rows.ts'
import { parseCsvLine } from '../../src/dataset/parse-csv-line.ts'
import { readLines } from '../../src/dataset/read-lines.ts'
import { RowCollector } from '../../src/dataset/row-collector.ts'
import { CONTEXT_FEATURES, ContextWindow, type Endpoints } from './context-window.ts'

/** The public tables lie beside the repository; they are no part of it. */
const FOLDER = fileURLToPath(new URL('../../../../../shared/data/flow-csv', import.meta.url))

export const areTablesPresent = (): boolean => existsSync(FOLDER)

export type Fields = (column: string) => string

export interface TableRecipe {
  files: readonly string[]
  /** Where the file has no header line. */
  header?: readonly string[]
  features: readonly string[]
  /** Values of the features, NaN for absent. */
  toValues(fields: Fields): number[]
  toLabel(fields: Fields, file: string): string
  /** Rows are put in this order. */
  toTime?(fields: Fields): string
  /** Whose flow it was, to count what came before it. */
  toEndpoints?(fields: Fields): Endpoints
}

interface ReadRow {
  values: number[]
  label: string
  time: string
  file: string
  endpoints: Endpoints | undefined
}

/** Reads all files of a recipe into one table; with `context`, a file being one observer, CONTEXT_FEATURES as further columns. */
export async function loadTable(recipe: TableRecipe, { context = false } = {}): Promise<LabelledRows> {
  const found: ReadRow[] = []
  for (const file of recipe.files) for await (const row of readRows(recipe, file)) found.push(row)
  if (recipe.toTime) found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  if (context) addContext(found)
  const features = context ? [...recipe.features, ...CONTEXT_FEATURES] : recipe.features
  const collector = new RowCollector(features.length)
  for (const { values, label } of found) collector.add(values, label)
  return collector.finish(features)
}

async function* readRows(recipe: TableRecipe, file: string): AsyncGenerator<ReadRow> {
  let position = recipe.header && new Map(recipe.header.map((name, i) => [name, i]))
  for await (const line of readLines(join(FOLDER, file))) {
    const cells = parseCsvLine(line)
    if (!position) {
      position = new Map(cells.map((name, i) => [name, i]))
      continue
    }
    const fields: Fields = (column) => cells[position?.get(column) ?? -1] ?? ''
    const [time, endpoints] = [recipe.toTime?.(fields) ?? '', recipe.toEndpoints?.(fields)]
    yield { values: recipe.toValues(fields), label: recipe.toLabel(fields, file), time, file, endpoints }
  }
}

function addContext(rows: readonly ReadRow[]): void {
  const windows = new Map<string, ContextWindow>()
  for (const { values, file, endpoints } of rows) {
    if (!endpoints) continue
    const window = windows.get(file) ?? new ContextWindow()
    windows.set(file, window)
    values.push(...window.add(endpoints))
  }
}

/** Absent where the text is empty. */
export const numberOf = (text: string): number => (text === '' ? NaN : Number(text))

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UNLABELLED, rowCount, type LabelledRows } from '../../src/dataset/labelled-rows.ts'
import { parseCsvLine } from '../../src/dataset/parse-csv-line.ts'
import { readLines } from '../../src/dataset/read-lines.ts'
import { RowCollector } from '../../src/dataset/row-collector.ts'

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
}

/** Reads all files of a recipe into one table. */
export async function loadTable(recipe: TableRecipe): Promise<LabelledRows> {
  const found: { values: number[]; label: string; time: string }[] = []
  for (const file of recipe.files) {
    let position = recipe.header && new Map(recipe.header.map((name, i) => [name, i]))
    for await (const line of readLines(join(FOLDER, file))) {
      const cells = parseCsvLine(line)
      if (!position) {
        position = new Map(cells.map((name, i) => [name, i]))
        continue
      }
      const fields: Fields = (column) => cells[position?.get(column) ?? -1] ?? ''
      const label = recipe.toLabel(fields, file)
      found.push({ values: recipe.toValues(fields), label, time: recipe.toTime?.(fields) ?? '' })
    }
  }
  if (recipe.toTime) found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  const collector = new RowCollector(recipe.features.length)
  for (const { values, label } of found) collector.add(values, label)
  return collector.finish(recipe.features)
}

/** Absent where the text is empty. */
export const numberOf = (text: string): number => (text === '' ? NaN : Number(text))

/** Positions of the first `share` of every class in the order of the rows, and of the rest. */
export function splitWithinClass(data: LabelledRows, share: number): { first: number[]; rest: number[] } {
  const totals = new Map<number, number>()
  for (const label of data.labels) totals.set(label, (totals.get(label) ?? 0) + 1)
  const seen = new Map<number, number>()
  const split: { first: number[]; rest: number[] } = { first: [], rest: [] }
  for (let i = 0; i < rowCount(data); i++) {
    const label = data.labels[i]
    if (label === UNLABELLED) continue
    const count = (seen.get(label) ?? 0) + 1
    seen.set(label, count)
    const isFirst = count <= Math.floor(share * (totals.get(label) ?? 0))
    split[isFirst ? 'first' : 'rest'].push(i)
  }
  return split
}

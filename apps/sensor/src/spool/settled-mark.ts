import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const mark = z.object({ epoch: z.int().nonnegative(), sequence: z.int().nonnegative() })

/** The last acknowledged batch. Only saves work: the collector knows duplicates when it is missing or old. */
export type SettledMark = z.infer<typeof mark>

const fileIn = (folder: string) => join(folder, 'settled.json')

export function loadSettledMark(folder: string): SettledMark {
  try {
    return mark.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')))
  } catch {
    return { epoch: 0, sequence: 0 }
  }
}

export function saveSettledMark(folder: string, value: SettledMark): void {
  writeFileSync(`${fileIn(folder)}.tmp`, JSON.stringify(value), { mode: 0o600 })
  renameSync(`${fileIn(folder)}.tmp`, fileIn(folder))
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'

/** Ids remembered; beyond it the one withdrawn longest ago is forgotten. */
const MAX_IDS = 32
const stored = z.array(z.string().max(200)).max(MAX_IDS)

const fileIn = (folder: string) => join(folder, 'withdrawn.json')

/** Models that do not fit this host, by the collector's word: a start must not take them up again. None where there is no file. */
export async function withdrawnModels(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(stored.parse(JSON.parse(await readFile(fileIn(folder), 'utf8'))))
  } catch {
    return new Set()
  }
}

/** Remembers a withdrawal, or forgets it when the model is offered again. */
export async function noteWithdrawn(folder: string, modelId: string, isWithdrawn: boolean): Promise<void> {
  const ids = new Set(await withdrawnModels(folder))
  if (ids.has(modelId) === isWithdrawn) return
  if (isWithdrawn) ids.add(modelId)
  else ids.delete(modelId)
  await writeAtomically(fileIn(folder), JSON.stringify([...ids].slice(-MAX_IDS)))
}

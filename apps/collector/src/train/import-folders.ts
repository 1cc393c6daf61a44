import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listJobs, type Database } from '@picket/store'

/** Where an operator puts files to import, where people upload them to, and where data sets are kept, in the data folder. */
const IMPORTS = 'imports'
const DATASETS = 'datasets'
const PARTIAL = '.partial'
/** An upload or half a data set that nothing was written to for so long was given up. */
const GIVEN_UP_MS = 24 * 3_600_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The folder whose files an import job names: of its upload where it has one. */
export const importFolder = (dataFolder: string, upload = ''): string => join(dataFolder, IMPORTS, upload)
export const datasetsFolder = (dataFolder: string): string => join(dataFolder, DATASETS)
/** The folder of the data set that an import job made. */
export const datasetFolder = (dataFolder: string, jobId: string): string => join(dataFolder, DATASETS, jobId)

export async function removeUpload(dataFolder: string, upload: string | undefined): Promise<void> {
  if (upload !== undefined) await rm(importFolder(dataFolder, upload), { recursive: true, force: true })
}

/** Removes uploads and half data sets that no job will come back to. Gives their names. */
export async function sweepImports(database: Database, dataFolder: string, now: number): Promise<string[]> {
  const jobs = await listJobs(database, { kind: 'import', limit: 500 })
  const open = jobs.filter(({ state }) => state === 'queued' || state === 'running')
  const isNeeded = (name: string) => open.some(({ id, params }) => params.upload === name || name === `${id}${PARTIAL}`)
  const removed: string[] = []
  for (const folder of [importFolder(dataFolder), datasetsFolder(dataFolder)]) {
    for (const name of await readdir(folder).catch((): string[] => [])) {
      const isPassing = folder === importFolder(dataFolder) ? UUID.test(name) : name.endsWith(PARTIAL)
      const path = join(folder, name)
      if (!isPassing || isNeeded(name) || now - (await stat(path)).mtimeMs < GIVEN_UP_MS) continue
      await rm(path, { recursive: true, force: true })
      removed.push(name)
    }
  }
  return removed
}

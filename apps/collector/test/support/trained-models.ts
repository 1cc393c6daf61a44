import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadBundledModels } from '@picket/ml/scoring'
import { listModels, type Database, type ModelRow } from '@picket/store'

/** Models in the store but for those that come with Picket. */
export async function trainedModels(db: Database): Promise<ModelRow[]> {
  return (await listModels(db)).filter(({ createdBy }) => createdBy !== 'picket')
}

/** Folders of such models on disk. */
export async function trainedFolders(dataFolder: string): Promise<string[]> {
  const bundled = (await loadBundledModels()).map(({ description }) => description.id)
  const names = await readdir(join(dataFolder, 'models')).catch((): string[] => [])
  return names.filter((name) => !bundled.includes(name))
}

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeModelArchive, loadBundledModels, Scorer, type Model } from '@picket/ml/scoring'
import { withdrawnModels } from '../uplink/withdrawn-models.ts'

/**
 * A scorer with the models this sensor was given last, or the bundled ones, but for those that were withdrawn. A model that cannot be used any more (its
 * feature set is of another version, its file is damaged) is told and left out: flows then go on without its score.
 */
export async function loadScorer(folder: string, onProblem: (model: string, error: unknown) => void): Promise<Scorer> {
  const scorer = await Scorer.load([])
  const withdrawn = await withdrawnModels(folder)
  for (const model of await loadBundled(onProblem)) {
    if (withdrawn.has(model.description.id)) continue
    await scorer.replaceModel(model).catch((error: unknown) => onProblem(model.description.id, error))
  }
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names.filter((name) => name.endsWith('.archive'))) {
    try {
      await scorer.replaceModel(decodeModelArchive(await readFile(join(folder, name))))
    } catch (error) {
      onProblem(name, error)
    }
  }
  return scorer
}

async function loadBundled(onProblem: (model: string, error: unknown) => void): Promise<Model[]> {
  try {
    return await loadBundledModels()
  } catch (error) {
    onProblem('bundled', error)
    return []
  }
}

import { loadBundledModels, Scorer } from '@picket/ml/scoring'
import { CaptureError } from '../capture/capture-error.ts'

/** A scorer with the models of a folder (one a kind, as `ml train` writes them), or with those that come with Picket. */
export async function loadModels(folder: string | undefined): Promise<Scorer> {
  try {
    return await Scorer.load(await loadBundledModels(folder))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CaptureError('models-unusable', `models cannot be used (${reason}); give --models a folder of models`)
  }
}

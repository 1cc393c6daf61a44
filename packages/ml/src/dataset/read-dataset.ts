import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MlError } from '../errors.ts'
import { FEATURE_SET_HASH } from '../features/index.ts'
import { DESCRIPTION_FILE, FLOWS_FILE, type DatasetDescription } from './import/index.ts'
import type { LabelledRows } from './labelled-rows.ts'
import { readFlows } from './read-flows.ts'

/** One split of a data set that `import` made. Throws TABLE_UNREADABLE where it is gone, TABLE_COLUMNS for another feature set. */
export async function readDataset(folder: string, split: 'train' | 'test'): Promise<LabelledRows> {
  const { featureSetHash } = await readDescription(folder)
  if (featureSetHash !== FEATURE_SET_HASH) {
    throw new MlError(
      'TABLE_COLUMNS',
      `${folder}: imported for other features than this version computes; import it again`,
    )
  }
  return readFlows([join(folder, FLOWS_FILE)], { split })
}

/** Throws TABLE_UNREADABLE where there is no whole data set. */
export async function readDescription(folder: string): Promise<DatasetDescription> {
  const path = join(folder, DESCRIPTION_FILE)
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DatasetDescription
  } catch (cause) {
    throw new MlError('TABLE_UNREADABLE', `${path}: no data set (${(cause as Error).message}); import it again`, {
      cause,
    })
  }
}

import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { importDataset, readDescription, type DatasetDescription } from '@picket/ml/dataset'
import type { ImportJob } from '@picket/store/queues'
import { messageOf } from '../errors.ts'
import { datasetFolder, datasetsFolder, importFolder, removeUpload } from './import-folders.ts'
import { Stopping } from './interruption.ts'
import type { JobJournal } from './job-journal.ts'

export interface ImportResult {
  dataset: Omit<DatasetDescription, 'mapping'> & { id: string }
}

/**
 * Brings labelled files into a data set. The data set's id is the job's; it is there whole or not at all. What was uploaded for it is
 * removed however it ends, but not when the worker stops and the job waits for another. Errors name files as the job does, not where the
 * collector keeps them.
 */
export async function runImportJob(
  { dataFolder }: { dataFolder: string },
  job: ImportJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<ImportResult> {
  try {
    return await bringIn(dataFolder, job, journal, signal)
  } finally {
    if (!(signal.reason instanceof Stopping)) await removeUpload(dataFolder, job.upload)
  }
}

async function bringIn(dataFolder: string, job: ImportJob, journal: JobJournal, signal: AbortSignal) {
  const folder = importFolder(dataFolder, job.upload)
  if (job.upload === undefined) await mkdir(folder, { recursive: true, mode: 0o700 })
  await mkdir(datasetsFolder(dataFolder), { recursive: true, mode: 0o700 })
  const out = datasetFolder(dataFolder, job.jobId)
  // A worker that died at the very end had made the whole data set, and what it was made of may be gone.
  const before = await readDescription(out).catch(() => undefined)
  if (!before && !(await stat(folder).catch(() => undefined)))
    throw new Error('what was uploaded for this import is gone: upload it again')
  const { mapping, ...description } =
    before ??
    (await importDataset({
      format: job.format,
      files: job.files.map((name) => join(folder, name)),
      labels: job.labels && join(folder, job.labels),
      mapping: job.mapping && join(folder, job.mapping),
      out,
      signal,
      onProgress: (share) => journal.progress(share),
    }).catch((error: unknown) => {
      throw signal.aborted ? error : new Error(messageOf(error).replaceAll(join(folder, '/'), ''), { cause: error })
    }))
  const { rows, splitBy, duplicates, leaks } = description
  journal.line(`${rows} rows, ${Object.keys(mapping).length} columns mapped, split by ${splitBy}`)
  journal.line(`${duplicates.duplicates} duplicates, ${duplicates.inBothSplits} different rows in both splits`)
  for (const { column, accuracy } of leaks.columns) {
    journal.line(`beware: ${column} alone gives the label of ${(accuracy * 100).toFixed(1)} % of the rows`)
  }
  return { dataset: { id: job.jobId, ...description } }
}

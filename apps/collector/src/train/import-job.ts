import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { importDataset, type DatasetDescription } from '@picket/ml/dataset'
import type { ImportJob } from '@picket/store/queues'
import type { JobJournal } from './job-journal.ts'

/** Where an operator puts files to import, and where data sets are kept, in the data folder. */
const IMPORTS = 'imports'
const DATASETS = 'datasets'

export interface ImportResult {
  dataset: Omit<DatasetDescription, 'mapping'> & { id: string }
}

/** The folder of the data set that an import job made. */
export const datasetFolder = (dataFolder: string, jobId: string): string => join(dataFolder, DATASETS, jobId)

/** Brings labelled files into a data set. The data set's id is the job's; it is there whole or not at all. */
export async function runImportJob(
  { dataFolder }: { dataFolder: string },
  job: ImportJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<ImportResult> {
  const inImports = (name: string) => join(dataFolder, IMPORTS, name)
  await mkdir(join(dataFolder, IMPORTS), { recursive: true, mode: 0o700 })
  await mkdir(join(dataFolder, DATASETS), { recursive: true, mode: 0o700 })
  const { mapping, ...description } = await importDataset({
    format: job.format,
    files: job.files.map(inImports),
    labels: job.labels && inImports(job.labels),
    mapping: job.mapping && inImports(job.mapping),
    out: datasetFolder(dataFolder, job.jobId),
    signal,
    onProgress: (share) => journal.progress(share),
  })
  const { rows, splitBy, duplicates, leaks } = description
  journal.line(`${rows} rows, ${Object.keys(mapping).length} columns mapped, split by ${splitBy}`)
  journal.line(`${duplicates.duplicates} duplicates, ${duplicates.inBothSplits} different rows in both splits`)
  for (const { column, accuracy } of leaks.columns) {
    journal.line(`beware: ${column} alone gives the label of ${(accuracy * 100).toFixed(1)} % of the rows`)
  }
  return { dataset: { id: job.jobId, ...description } }
}

import { importDataset } from '../dataset/import/index.ts'
import type { ImportArguments } from './arguments.ts'

/** Brings labelled files into the labelled-flow format; returns what is printed: the description of the data set. */
export async function importFiles(options: ImportArguments): Promise<Record<string, unknown>> {
  const startedAt = performance.now()
  const description = await importDataset(options)
  return { out: options.out, ...description, seconds: Math.round(performance.now() - startedAt) / 1000 }
}

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { MlError } from '../../errors.ts'
import { FEATURE_SET_HASH, FEATURE_SET_VERSION } from '../../features/index.ts'
import { ColumnSample } from './column-sample.ts'
import type { DatasetDescription } from './dataset-description.ts'
import { DuplicateSketch } from './duplicate-sketch.ts'
import { toLine } from './labelled-flow.ts'
import { openSource, type FlowSource, type SourceOptions } from './open-source.ts'
import { SourceSurvey, SplitPlan, type SplitBy } from './split-plan.ts'

/** Names of a data set's two files. */
export const FLOWS_FILE = 'flows.ndjson.gz'
export const DESCRIPTION_FILE = 'dataset.json'
const TEST_SHARE = 0.3
const ABORT_EVERY = 1024
/** Of the whole work; the rest is the description. */
const SURVEY_SHARE = 0.4
const WRITE_SHARE = 0.55

export interface ImportOptions extends SourceOptions {
  /** Folder to be made; must not exist. */
  out: string
  /** The strictest the sources allow where absent. */
  splitBy?: SplitBy
  /** Default 0.3. */
  testShare?: number
  signal?: AbortSignal
  /** Share done, 0 to 1. */
  onProgress?(share: number): void
}

/**
 * Brings labelled files into the labelled-flow format: a folder with the flows and a description. Rows stream; memory does not grow
 * with their number. The folder appears whole or not at all. Throws an MlError for what cannot be read, the signal's reason when
 * aborted.
 */
export async function importDataset(options: ImportOptions): Promise<DatasetDescription> {
  if (await stat(options.out).catch(() => undefined)) {
    throw new MlError('TABLE_UNREADABLE', `${options.out}: exists already; choose a new folder`)
  }
  const source = await openSource(options)
  const survey = await surveyOf(source, options)
  const plan = new SplitPlan(survey, options.splitBy ?? survey.best, options.testShare ?? TEST_SHARE)
  const partial = `${options.out}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  try {
    const written = await write(source, plan, survey.rows, partial, options)
    const description: DatasetDescription = {
      featureSetVersion: FEATURE_SET_VERSION,
      featureSetHash: FEATURE_SET_HASH,
      format: options.format,
      sources: await Promise.all(options.files.map((file) => lineageOf(file, survey))),
      ...(options.labels !== undefined && { labelTable: await lineageOf(options.labels) }),
      mapping: source.mapping,
      rows: survey.rows,
      labels: Object.fromEntries([...survey.labels].sort(([a], [b]) => (a < b ? -1 : 1))),
      ...written,
    }
    await writeFile(join(partial, DESCRIPTION_FILE), `${JSON.stringify(description, null, 2)}\n`)
    await rename(partial, options.out)
    return description
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** The first reading: what there is. */
async function surveyOf(source: FlowSource, { files, signal, onProgress }: ImportOptions): Promise<SourceSurvey> {
  const survey = new SourceSurvey()
  const octets = await octetsOf(files)
  let read = 0
  const onRead = (more: number) => onProgress?.((SURVEY_SHARE * (read += more)) / octets)
  for await (const { flow } of source.read(onRead)) {
    if (survey.rows % ABORT_EVERY === 0) signal?.throwIfAborted()
    survey.add(flow)
  }
  if (survey.rows === 0) throw new MlError('TABLE_UNREADABLE', `${files.join(', ')}: no rows`)
  onProgress?.(SURVEY_SHARE)
  return survey
}

/** The second reading: every flow gets its split and its line. */
async function write(
  source: FlowSource,
  plan: SplitPlan,
  total: number,
  folder: string,
  { signal, onProgress }: ImportOptions,
) {
  const duplicates = new DuplicateSketch()
  const sample = new ColumnSample(source.labelColumn)
  const splits = { train: {} as Record<string, number>, test: {} as Record<string, number> }
  async function* lines() {
    let rows = 0
    for await (const { flow, record } of source.read()) {
      if (rows++ % ABORT_EVERY === 0) {
        signal?.throwIfAborted()
        onProgress?.(SURVEY_SHARE + (WRITE_SHARE * rows) / total)
      }
      const split = plan.splitOf(flow)
      splits[split][flow.label] = (splits[split][flow.label] ?? 0) + 1
      duplicates.add(flow.features, flow.label, split)
      sample.add(flow, record)
      yield `${toLine(flow, split)}\n`
    }
  }
  await pipeline(Readable.from(lines()), createGzip({ level: 1 }), createWriteStream(join(folder, FLOWS_FILE)))
  const oneSided = [...new Set([...Object.keys(splits.train), ...Object.keys(splits.test)])].filter(
    (name) => !(name in splits.train && name in splits.test),
  )
  return { splitBy: plan.by, splits, oneSided, duplicates: duplicates.report(), leaks: sample.leaks() }
}

/** Of all that are there; one that is not is told when it is read. */
async function octetsOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function lineageOf(file: string, survey?: SourceSurvey) {
  const hash = createHash('sha256')
  let octets = 0
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer)
    octets += (chunk as Buffer).length
  }
  const rows = survey?.captures.get(file) ?? survey?.captures.get(file.slice(file.lastIndexOf('/') + 1))
  return { file, sha256: hash.digest('hex'), octets, ...(rows !== undefined && { rows }) }
}

import { Worker } from 'node:worker_threads'
import type { LabelledRows } from '../dataset/labelled-rows.ts'
import { Reservoir } from '../dataset/reservoir.ts'
import { MlError, type MlErrorCode } from '../errors.ts'
import { FEATURE_COUNT, FEATURE_NAMES } from '../features/index.ts'
import type { Model, ModelDescription, ModelKind } from '../model/model-description.ts'
import { createRandom } from './random.ts'

/** One stored flow: its feature vector and the class it was given; unsure classes come as empty text. */
export interface TrainingRow {
  /** FEATURE_COUNT values, null or NaN for absent. */
  features: ArrayLike<number | null>
  /** The class a rule was sure of, else empty: a model never learns from a model or from a port. */
  class: string
}

export interface TrainJobOptions {
  kind: ModelKind
  /** Of an autoencoder: whether it reads all features, or the first lengths and gaps as a sequence. Default dense. */
  network?: ModelDescription['network']
  /** Read once, in order. */
  rows: Iterable<TrainingRow> | AsyncIterable<TrainingRow>
  /** Default 1. The same seed and rows give the same model. */
  seed?: number
  /** Rows kept of a longer stream, a uniform sample; default 200,000 (about 50 MB). */
  maxRows?: number
  /** Moment written into the model; default now. */
  trainedAt?: Date
  /** Written into the model beside what the job itself knows. */
  lineage?: Record<string, unknown>
  signal?: AbortSignal
  /** `share` 0 to 1; `line` says what is going on. */
  onProgress?(share: number, line: string): void
}

export type WorkerReply =
  | { type: 'progress'; share: number }
  | { type: 'done'; model: Model }
  | { type: 'refused'; code: MlErrorCode; message: string }

/** Share of the progress bar that reading takes. */
const READING = 0.1

/**
 * Trains, judges and exports one model in a worker thread, so that the calling process stays responsive. Rows of another
 * feature set are left out and counted in the lineage. Rejects with an MlError: TRAINING_ABORTED by the signal, else what is
 * wrong with the rows.
 */
export async function runTrainJob(options: TrainJobOptions): Promise<Model> {
  const { kind, network, seed = 1, signal, onProgress } = options
  const { data, seen, skipped } = await readRows(options, seed)
  onProgress?.(READING, `${data.labels.length} flows read`)
  const lineage = {
    source: 'stored flows',
    ...options.lineage,
    flowsSeen: seen,
    flowsUsed: data.labels.length,
    flowsSkipped: skipped,
  }
  const fit = { kind, network, seed, trainedAt: (options.trainedAt ?? new Date()).toISOString(), lineage }
  const model = await runWorker(data, fit, { signal, onProgress })
  onProgress?.(1, `${model.description.id} trained`)
  return model
}

async function readRows(options: TrainJobOptions, seed: number) {
  const reservoir = new Reservoir(FEATURE_COUNT, options.maxRows ?? 200_000, createRandom(seed))
  let skipped = 0
  for await (const row of options.rows) {
    throwIfAborted(options.signal)
    if (row.features.length === FEATURE_COUNT) reservoir.add(row.features, row.class || undefined)
    else skipped++
  }
  throwIfAborted(options.signal)
  return { data: reservoir.finish(FEATURE_NAMES), seen: reservoir.seen, skipped }
}

function runWorker(
  data: LabelledRows,
  options: Record<string, unknown>,
  { signal, onProgress }: Pick<TrainJobOptions, 'signal' | 'onProgress'>,
): Promise<Model> {
  const worker = new Worker(new URL('./train-worker.ts', import.meta.url), {
    workerData: { data, options },
    transferList: [data.rows.buffer as ArrayBuffer, data.labels.buffer as ArrayBuffer],
  })
  return new Promise<Model>((resolve, reject) => {
    const abort = () => reject(aborted())
    signal?.addEventListener('abort', abort, { once: true })
    const finish = () => signal?.removeEventListener('abort', abort)
    worker.on('message', (reply: WorkerReply) => {
      if (reply.type === 'progress') onProgress?.(READING + reply.share * (0.95 - READING), 'growing trees')
      else if (reply.type === 'done') resolve(reply.model)
      else reject(new MlError(reply.code, reply.message))
    })
    worker.on('error', (cause) => reject(new MlError('TRAINING_FAILED', `training: ${cause.message}`, { cause })))
    worker.on('exit', (code) => {
      finish()
      reject(new MlError('TRAINING_FAILED', `training: the worker ended with code ${code} before it was done`))
    })
  }).finally(() => worker.terminate())
}

const aborted = () => new MlError('TRAINING_ABORTED', 'training: cancelled')

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted()
}

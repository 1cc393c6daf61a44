import { parentPort, workerData } from 'node:worker_threads'
import type { LabelledRows } from '../dataset/labelled-rows.ts'
import { MlError } from '../errors.ts'
import { fitAndJudge, type FitOptions } from './fit-and-judge.ts'
import type { WorkerReply } from './train-job.ts'

const { data, options } = workerData as { data: LabelledRows; options: FitOptions }
const send = (reply: WorkerReply, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(reply, transfer)

try {
  const model = await fitAndJudge(data, { ...options, onProgress: (share) => send({ type: 'progress', share }) })
  send({ type: 'done', model })
} catch (error) {
  const code = error instanceof MlError ? error.code : 'TRAINING_FAILED'
  send({ type: 'refused', code, message: (error as Error).message })
}

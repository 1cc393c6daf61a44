import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MlError } from '../errors.ts'
import type { Model } from './model-description.ts'
import { parseDescription, verifyBytes } from './verify-model.ts'

/** Where the models that come with Picket lie: one folder a kind. */
const BUNDLED = fileURLToPath(new URL('../../models', import.meta.url))

/** Reads `model.json` and `model.onnx`; throws MODEL_UNREADABLE or MODEL_ALTERED. */
export async function readModelFolder(dir: string): Promise<Model> {
  const path = join(dir, 'model.json')
  const description = parseDescription((await read(path)).toString(), path)
  const model = { description, onnx: await read(join(dir, 'model.onnx')) }
  verifyBytes(model)
  return model
}

/** Writes both files, the description last, so a folder with a description is complete. */
export async function writeModelFolder(dir: string, { description, onnx }: Model): Promise<void> {
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'model.onnx'), onnx)
  await writeFile(join(dir, 'model.json'), `${toReadableJson(description)}\n`)
}

/** Indented, but lists of numbers stand in one line each: a reference has thousands. */
const toReadableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(/\[\s+(-?\d[^[\]{}"a-z]*?)\s+\]/g, (_, numbers: string) => {
    return `[${numbers.replaceAll(/\s+/g, ' ')}]`
  })

/** The models under `dir` (default: those that come with Picket), one a kind; a folder may go without an autoencoder. */
export async function loadBundledModels(dir = BUNDLED): Promise<Model[]> {
  const kinds = ['anomaly-forest', 'traffic-classifier']
  if (existsSync(join(dir, 'anomaly-autoencoder'))) kinds.push('anomaly-autoencoder')
  return Promise.all(kinds.map((kind) => readModelFolder(join(dir, kind))))
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new MlError('MODEL_UNREADABLE', `${path}: ${(cause as Error).message}`, { cause })
  }
}

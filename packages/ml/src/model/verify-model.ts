import { createHash } from 'node:crypto'
import { MlError } from '../errors.ts'
import { wrongReference } from '../fitness/verify-reference.ts'
import { FEATURE_SET_HASH, FEATURE_SET_VERSION } from '../features/index.ts'
import type { Model, ModelDescription, ModelKind } from './model-description.ts'

const KINDS: readonly string[] = ['anomaly-forest', 'anomaly-autoencoder', 'traffic-classifier'] satisfies ModelKind[]

const NETWORKS: readonly unknown[] = [undefined, 'dense', 'sequence'] satisfies ModelDescription['network'][]

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Identity of a model: the same bytes have the same id everywhere. */
export const modelId = (kind: ModelKind, onnxSha256: string): string => `${kind}-${onnxSha256.slice(0, 12)}`

/** Throws MODEL_ALTERED unless the bytes are those the description was written for. */
export function verifyBytes({ description, onnx }: Model): void {
  const found = sha256(onnx)
  if (found === description.sha256) return
  throw new MlError(
    'MODEL_ALTERED',
    `model ${description.id}: expected SHA-256 ${description.sha256}, found ${found}; fetch the model again`,
  )
}

/** Throws MODEL_FEATURE_SET unless the model was trained on the flow features this code computes. */
export function verifyFeatureSet(description: ModelDescription): void {
  if (description.featureSetHash === FEATURE_SET_HASH) return
  throw new MlError(
    'MODEL_FEATURE_SET',
    `model ${description.id}: made for feature set ${description.featureSetVersion} (${description.featureSetHash.slice(0, 12)}), ` +
      `this is feature set ${FEATURE_SET_VERSION} (${FEATURE_SET_HASH.slice(0, 12)}); train it again`,
  )
}

/** A description from untrusted JSON text. Throws MODEL_UNREADABLE naming the first field that is wrong. */
export function parseDescription(text: string, where: string): ModelDescription {
  let value: Partial<ModelDescription> | null
  try {
    value = JSON.parse(text) as Partial<ModelDescription> | null
  } catch (cause) {
    throw new MlError('MODEL_UNREADABLE', `${where}: not JSON`, { cause })
  }
  const wrong = wrongField(value)
  if (wrong) throw new MlError('MODEL_UNREADABLE', `${where}: ${wrong}`)
  return value as ModelDescription
}

function wrongField(value: Partial<ModelDescription> | null): string | undefined {
  if (typeof value !== 'object' || value === null) return 'expected an object'
  for (const field of ['id', 'featureSetHash', 'trainedAt', 'sha256'] as const) {
    if (typeof value[field] !== 'string') return `"${field}" must be text`
  }
  if (!KINDS.includes(String(value.kind))) return `"kind" must be one of ${KINDS.join(', ')}`
  if (!NETWORKS.includes(value.network)) return '"network" must be dense or sequence'
  if (typeof value.featureSetVersion !== 'number') return '"featureSetVersion" must be a number'
  if (!isTexts(value.featureNames)) return '"featureNames" must be a list of names'
  if (value.kind === 'traffic-classifier' && !isTexts(value.classes)) return '"classes" must be a list of names'
  if (value.threshold !== undefined && typeof value.threshold !== 'number') return '"threshold" must be a number'
  if (value.typicalRows !== undefined && typeof value.typicalRows !== 'string') return '"typicalRows" must be text'
  if (typeof value.metrics !== 'object' || value.metrics === null) return '"metrics" must be an object'
  return value.reference === undefined ? undefined : wrongReference(value.reference, value.featureNames?.length ?? 0)
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')

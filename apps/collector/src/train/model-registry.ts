import { createHash } from 'node:crypto'
import { readFile, mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FEATURE_SET_HASH } from '@picket/ml/features'
import { decodeModelArchive, encodeModelArchive, loadBundledModels } from '@picket/ml/scoring'
import type { Model, ModelKind } from '@picket/ml/scoring'
import { createRollout, listModels, registerModel, setModelState } from '@picket/store'
import type { Database, ModelRow } from '@picket/store'
import { replacePrivateFile } from '../enroll/private-file.ts'
import type { SigningKey } from '../enroll/signing-key.ts'
import { messageOf } from '../errors.ts'
import type { Logger } from '../telemetry.ts'

/** Models on disk and in the store. */
export class ModelRegistry {
  readonly #database: Database
  readonly #dataFolder: string
  readonly #signingKey: SigningKey

  readonly #logger: Logger

  constructor(database: Database, dataFolder: string, signingKey: SigningKey, logger: Logger) {
    this.#database = database
    this.#dataFolder = dataFolder
    this.#signingKey = signingKey
    this.#logger = logger
  }

  /**
   * The model in use of that kind: the active one, else the one sensors come with; undefined where none fits the
   * feature set. An active model whose archive is lost or damaged counts as none, so that training can replace it.
   */
  async active(kind: ModelKind): Promise<Model | undefined> {
    const [row] = await listModels(this.#database, { kind, state: 'active' })
    const registered = row && (await this.#read(row))
    const model = registered ?? (await bundledModels()).find(({ description }) => description.kind === kind)
    return model?.description.featureSetHash === FEATURE_SET_HASH ? model : undefined
  }

  /** Writes, signs and registers a model as candidate. The row follows the file, so a row always has its archive. */
  async register({ description, onnx }: Model, createdBy: string): Promise<void> {
    const archive = encodeModelArchive({ description, onnx })
    const sha256 = createHash('sha256').update(archive).digest()
    const path = `models/${description.id}/model.archive`
    const file = resolve(this.#dataFolder, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await replacePrivateFile(file, archive)
    await registerModel(this.#database, {
      id: description.id,
      kind: description.kind,
      state: 'candidate',
      featureSetVersion: description.featureSetVersion,
      featureSetHash: description.featureSetHash,
      metrics: description.metrics,
      lineage: description.lineage,
      threshold: description.threshold ?? null,
      classes: description.classes ?? [],
      sizeBytes: archive.length,
      sha256: sha256.toString('hex'),
      signature: Buffer.from(this.#signingKey.sign(sha256)).toString('base64'),
      path,
      trainedAt: description.trainedAt,
      createdBy,
    })
  }

  async #read(row: ModelRow): Promise<Model | undefined> {
    try {
      return decodeModelArchive(await readFile(resolve(this.#dataFolder, row.path)))
    } catch (error) {
      this.#logger.warn({ modelId: row.id, error: messageOf(error) }, 'the active model cannot be read')
      return undefined
    }
  }

  /** Makes it the active model of its kind and offers it to all sensors. */
  async rollOut(modelId: string, createdBy: string): Promise<void> {
    await setModelState(this.#database, modelId, 'active')
    await createRollout(this.#database, { modelId, stage: 'all', createdBy })
  }
}

/** None where this build comes without models. */
async function bundledModels(): Promise<Model[]> {
  try {
    return await loadBundledModels()
  } catch {
    return []
  }
}

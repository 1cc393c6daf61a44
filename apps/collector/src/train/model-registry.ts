import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FEATURE_SET_HASH } from '@picket/ml/features'
import { encodeModelArchive, loadBundledModels } from '@picket/ml/scoring'
import type { Model, ModelKind } from '@picket/ml/scoring'
import { createRollout, getModel, listModels, listModelStatus, registerModel, setModelState } from '@picket/store'
import type { Database, ModelRow, ModelState } from '@picket/store'
import { replacePrivateFile } from '../enroll/private-file.ts'
import type { SigningKey } from '../enroll/signing-key.ts'
import { messageOf } from '../errors.ts'
import type { Logger } from '../telemetry.ts'
import { readArchive } from './read-archive.ts'

const FOLDER = 'models'
/** Younger folders may be of a worker that is at it. */
const ORPHAN_AGE_MS = 10 * 60_000

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

  /** The model a host scores with now: the one it said is in use there, else the one it came with. */
  async inUseOn(sensorId: string, kind: ModelKind): Promise<Model | undefined> {
    const said = (await listModelStatus(this.#database))
      .filter((status) => status.sensorId === sensorId && status.state === 'active')
      .sort((a, b) => b.updatedAt - a.updatedAt)
    for (const { modelId } of said) {
      const row = await getModel(this.#database, modelId)
      if (row?.kind === kind) return this.#read(row)
    }
    return (await bundledModels()).find(({ description }) => description.kind === kind)
  }

  /** A registered model, whole and signed by this collector. Rejects with a reason for people. */
  async open(modelId: string): Promise<Model> {
    const row = await getModel(this.#database, modelId)
    if (!row) throw new Error(`there is no model ${modelId}`)
    return readArchive(row, this.#dataFolder, this.#signingKey)
  }

  /**
   * Writes, signs and registers a model as candidate. The row follows the file, so a row always has its archive; a model
   * that is registered already, by a run of the same job that broke off, is left as it is.
   */
  async register({ description, onnx }: Model, createdBy: string, state: ModelState = 'candidate'): Promise<void> {
    const known = await getModel(this.#database, description.id)
    if (known && (await this.#read(known))) return
    const archive = encodeModelArchive({ description, onnx })
    const sha256 = createHash('sha256').update(archive).digest()
    const path = `${FOLDER}/${description.id}/model.archive`
    const file = resolve(this.#dataFolder, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await replacePrivateFile(file, archive)
    await registerModel(this.#database, {
      id: description.id,
      kind: description.kind,
      state,
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

  /** Makes the models that come with Picket known, signed like those trained here, so that they can be judged and offered; older ones retire. */
  async registerBundled(): Promise<void> {
    const models = (await bundledModels()).filter(({ description }) => description.featureSetHash === FEATURE_SET_HASH)
    for (const model of models) await this.register(model, 'picket', 'bundled')
    for (const { id } of await listModels(this.#database, { state: 'bundled' })) {
      if (!models.some(({ description }) => description.id === id)) await setModelState(this.#database, id, 'retired')
    }
  }

  /** Makes it the active model of its kind and offers it to all sensors it fits. */
  async rollOut(modelId: string, createdBy: string): Promise<void> {
    await setModelState(this.#database, modelId, 'active')
    await createRollout(this.#database, { modelId, stage: 'all', createdBy })
  }

  /** Removes what a run that was killed left on disk: folders of models that were never registered. Gives their names. */
  async sweep(): Promise<string[]> {
    const folder = join(this.#dataFolder, FOLDER)
    const names = await readdir(folder).catch((): string[] => [])
    const orphans: string[] = []
    for (const name of names) {
      const { mtimeMs } = await stat(join(folder, name))
      if (Date.now() - mtimeMs > ORPHAN_AGE_MS && !(await getModel(this.#database, name))) orphans.push(name)
    }
    for (const name of orphans) await rm(join(folder, name), { recursive: true, force: true })
    return orphans
  }

  async #read(row: ModelRow): Promise<Model | undefined> {
    try {
      return await readArchive(row, this.#dataFolder, this.#signingKey)
    } catch (error) {
      this.#logger.warn({ modelId: row.id, error: messageOf(error) }, 'a registered model cannot be used')
      return undefined
    }
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

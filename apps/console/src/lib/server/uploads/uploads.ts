import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { importFileType } from '../../models/import-file.ts'
import { isUuid } from '../../uuid.ts'
import { beginsAs } from './first-octets.ts'
import { isNoRoom, UploadError } from './upload-error.ts'
import { uploadPlan } from './upload-plan.ts'

/** What an upload leaves free on the disk, for the models and whatever else lies there. */
const RESERVE_OCTETS = 512 * 2 ** 20
/** Says what belongs to an upload; no file of an upload can be named so. */
const PLAN_FILE = '.plan.json'

const storedPlan = uploadPlan.and(z.object({ actor: z.string() }))
type StoredPlan = z.output<typeof storedPlan>

/**
 * Files on their way into an import. Each upload is a folder named by its id in `imports` of the data folder; the import job reads
 * it there and removes it at its end, the worker removes what was given up.
 */
export class Uploads {
  readonly #folder: string
  readonly #reserveOctets: number

  /** `folder` is `imports` of the data folder. */
  constructor(folder: string, { reserveOctets = RESERVE_OCTETS } = {}) {
    this.#folder = folder
    this.#reserveOctets = reserveOctets
  }

  /** Makes room for what a person is going to send; gives its id. Throws UploadError. */
  async begin(actor: string, asked: unknown): Promise<string> {
    const plan = uploadPlan.safeParse(asked)
    if (!plan.success) throw new UploadError(400, z.prettifyError(plan.error))
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const wanted = plan.data.files.reduce((sum, { octets }) => sum + octets, 0)
    const { bavail, bsize } = await statfs(this.#folder)
    if (bavail * bsize < wanted + this.#reserveOctets)
      throw new UploadError(507, 'There is no room for these files on the disk of the collector.')
    const id = randomUUID()
    await mkdir(this.#pathOf(id), { mode: 0o700 })
    await writeFile(this.#pathOf(id, PLAN_FILE), JSON.stringify({ ...plan.data, actor }), { mode: 0o600 })
    return id
  }

  /** Adds octets to the end of a file; `offset` must be what is there already. Throws UploadError; what does not fit ends the upload. */
  async append(actor: string, id: string, name: string, offset: number, octets: Uint8Array): Promise<void> {
    const file = (await this.#planOf(actor, id)).files.find((each) => each.name === name)
    const type = importFileType(name)
    if (!file || !type) throw new UploadError(404, 'This file does not belong to the upload.')
    if (offset === 0 && !beginsAs(type, octets)) {
      await this.remove(id)
      throw new UploadError(415, `${name} is not what its name says: ${EXPECTED[type]} was expected.`)
    }
    if (offset + octets.length > file.octets) throw new UploadError(409, `${name} is longer than was announced.`)
    const handle = await open(this.#pathOf(id, name), 'a', 0o600)
    try {
      const { size } = await handle.stat()
      if (size !== offset) throw new UploadError(409, `${name}: ${size} octets are here, the next ones were expected.`)
      await handle.writeFile(octets)
    } catch (error) {
      if (!isNoRoom(error)) throw error
      await this.remove(id)
      throw new UploadError(507, 'The disk of the collector is full; what was uploaded has been removed.')
    } finally {
      await handle.close()
    }
  }

  /** Names of the files of an upload whose octets are all here. Throws UploadError. */
  async complete(actor: string, id: string): Promise<string[]> {
    const { files } = await this.#planOf(actor, id)
    for (const { name, octets } of files) {
      const there = await stat(this.#pathOf(id, name)).catch(() => undefined)
      if (there?.size !== octets) throw new UploadError(409, `${name} is not complete.`)
    }
    return files.map(({ name }) => name)
  }

  /** Removes an upload whatever its state. */
  async remove(id: string): Promise<void> {
    if (isUuid(id)) await rm(this.#pathOf(id), { recursive: true, force: true })
  }

  /** Removes an upload that the person has begun. Throws UploadError. */
  async cancel(actor: string, id: string): Promise<void> {
    await this.#planOf(actor, id)
    await this.remove(id)
  }

  async #planOf(actor: string, id: string): Promise<StoredPlan> {
    const text = isUuid(id) ? await readFile(this.#pathOf(id, PLAN_FILE), 'utf8').catch(() => undefined) : undefined
    const plan = text === undefined ? undefined : storedPlan.parse(JSON.parse(text))
    if (plan?.actor !== actor) throw new UploadError(404, 'There is no such upload: it was cancelled, or given up.')
    return plan
  }

  #pathOf(id: string, name = ''): string {
    return join(this.#folder, id, name)
  }
}

const EXPECTED = {
  capture: 'a pcap or pcapng capture',
  table: 'text',
  'compressed-table': 'gzip',
  mapping: 'JSON text',
} as const

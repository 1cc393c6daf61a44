import { createHash, randomUUID } from 'node:crypto'
import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../database.ts'
import { DATA_FORMAT } from '../embedded/data-folder.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { startEngineProcess } from './engine-process.ts'

/**
 * Copies a data folder with the newest schema to `target`. The first caller on a machine makes it (about 4 s) and
 * leaves it in the temporary folder under a name made of the migrations' content; later ones copy (about 0.1 s).
 */
export async function copyTemplate(target: string): Promise<void> {
  const template = await ensureTemplate()
  cpSync(template, target, { recursive: true, mode: constants.COPYFILE_FICLONE })
}

async function ensureTemplate(): Promise<string> {
  const root = join(tmpdir(), `picket-templates-${userInfo().uid}`)
  const template = join(root, templateName())
  if (existsSync(template)) {
    utimesSync(template, new Date(), new Date())
    return template
  }
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const draft = `${template}.${randomUUID().slice(0, 8)}`
  try {
    await buildTemplate(draft)
    renameSync(join(draft, 'data'), template)
    forgetOldTemplates(root)
  } catch (error) {
    // Another process was first: its template is as good.
    if (!existsSync(template)) throw error
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return template
}

/** Templates of other schemas that nobody made within a day. */
function forgetOldTemplates(root: string): void {
  for (const name of readdirSync(root)) {
    const folder = join(root, name)
    if (Date.now() - statSync(folder).mtimeMs > 86_400_000) rmSync(folder, { recursive: true, force: true })
  }
}

async function buildTemplate(folder: string): Promise<void> {
  const engine = await startEngineProcess({ data: join(folder, 'data'), run: join(folder, 'run'), durable: false })
  const db = openDatabase(engine.url, { maxConnections: 1 })
  try {
    await migrate(db)
  } finally {
    await db.close()
    await engine.stop()
  }
}

function templateName(): string {
  const hash = createHash('sha256').update(`format ${DATA_FORMAT}\n`)
  for (const { name, sql } of readMigrations()) hash.update(`${name}\n${sql}\n`)
  return hash.digest('hex').slice(0, 16)
}

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../database.ts'
import { migrate } from '../migrate.ts'
import { startEngineProcess } from './engine-process.ts'
import { copyTemplate } from './template.ts'

export interface TestDatabaseOptions {
  /** Whether commits are synced to disk. False when absent: tests do not cut the power. */
  durable?: boolean
}

/** A migrated, empty database of its own. */
export interface TestDatabase {
  url: string
  db: Database
  /** Adds a sensor and gives its id. */
  addSensor(hostname?: string): Promise<string>
  close(): Promise<void>
}

/**
 * Opens a fresh database: on the server of DATABASE_URL when that is set, else on an embedded engine started for it
 * from a migrated template (about a second). Close it, or the engine ends with this process.
 */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL
  const { url, release } = server ? await createOnServer(server) : await startFromTemplate(options)
  const db = openDatabase(url, { applicationName: 'picket-test' })
  await migrate(db)
  return {
    url,
    db,
    addSensor: (hostname = 'test-host') => addSensor(db, hostname),
    close: async () => {
      await db.close()
      await release()
    },
  }
}

interface Held {
  url: string
  release: () => Promise<void>
}

async function startFromTemplate(options: TestDatabaseOptions): Promise<Held> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-db-'))
  try {
    await copyTemplate(join(folder, 'data'))
    const engine = await startEngineProcess({
      data: join(folder, 'data'),
      run: join(folder, 'run'),
      durable: options.durable ?? false,
    })
    const release = async () => {
      await engine.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return { url: engine.url, release }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function createOnServer(server: string): Promise<Held> {
  const name = `picket_test_${randomUUID().replaceAll('-', '')}`
  const admin = openDatabase(server, { maxConnections: 1 })
  await admin.query(`CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const release = async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.close()
  }
  return { url: url.href, release }
}

async function addSensor(db: Database, hostname: string): Promise<string> {
  const sensorId = randomUUID()
  await db.query(
    `INSERT INTO sensors (id, hostname, platform, version, state, certificate_sha256, certificate_expires_at)
     VALUES ($1, $2, 'linux-x64', '0.1.0', 'active', $3, now() + interval '90 days')`,
    [sensorId, hostname, sensorId.replaceAll('-', '').padEnd(64, '0')],
  )
  return sensorId
}

import { readdirSync, readFileSync } from 'node:fs'
import type { Database, Queryable } from './database.ts'
import { NewerDatabaseError } from './errors.ts'

const FOLDER = new URL('../migrations/', import.meta.url)

/** Any number, the same for all of Picket: whoever migrates holds this advisory lock. */
const LOCK_KEY = 7_043_211

export interface Migration {
  version: number
  name: string
  sql: string
}

export interface MigrationResult {
  /** Schema version after the call. */
  version: number
  /** Names of the migrations that were applied now. */
  applied: string[]
}

/** The migrations in order: files `NNNN-name.sql`, only ever added to. */
export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file.slice(0, -4),
      sql: readFileSync(new URL(file, FOLDER), 'utf8'),
    }))
}

/**
 * Brings the schema to the newest version, each migration in a transaction of its own. Several processes may call it at
 * once: the advisory lock (on the embedded engine the transaction itself) lets one go first. Throws
 * `NewerDatabaseError` when the database is ahead of the code.
 */
export async function migrate(db: Database, migrations: Migration[] = readMigrations()): Promise<MigrationResult> {
  const known = migrations.at(-1)?.version ?? 0
  const applied: string[] = []
  const found = await db.transaction(schemaVersion)
  if (found > known) throw new NewerDatabaseError(found, known)
  for (const migration of migrations) {
    if (migration.version <= found) continue
    const done = await db.transaction((tx) => apply(tx, migration))
    if (done) applied.push(migration.name)
  }
  return { version: known, applied }
}

async function schemaVersion(tx: Queryable): Promise<number> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY])
  await tx.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  )
  const { rows } = await tx.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM schema_migrations',
  )
  return rows[0].version
}

async function apply(tx: Queryable, { version, name, sql }: Migration): Promise<boolean> {
  const current = await schemaVersion(tx)
  if (current >= version) return false
  await tx.query(sql)
  await tx.query('INSERT INTO schema_migrations (version, name) VALUES ($1, $2)', [version, name])
  return true
}

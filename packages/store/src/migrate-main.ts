import { openDatabase } from './database.ts'
import { isTransient, NewerDatabaseError } from './errors.ts'
import { migrate } from './migrate.ts'

const url = process.env.DATABASE_URL
if (!url || !URL.canParse(url)) {
  process.stderr.write(`DATABASE_URL: expected postgresql://user@host/database, found ${url || 'nothing'}\n`)
  process.exit(2)
}

const db = openDatabase(url, { maxConnections: 1, applicationName: 'picket-migrate' })
try {
  const { version, applied } = await migrate(db)
  process.stdout.write(`${JSON.stringify({ ready: true, version, applied })}\n`)
} catch (error) {
  if (error instanceof NewerDatabaseError) {
    process.stderr.write(`DATABASE_URL: ${error.message}\n`)
    process.exitCode = 2
  } else {
    const hint = isTransient(error) ? '; is the database running?' : ''
    process.stderr.write(`migration failed: ${(error as Error).message}${hint}\n`)
    process.exitCode = 1
  }
} finally {
  await db.close()
}

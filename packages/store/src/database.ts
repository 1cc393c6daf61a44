import { Pool, types, type PoolClient } from 'pg'

/** Rows and the number of rows a statement touched. */
export interface QueryResult<Row> {
  rows: Row[]
  rowCount: number
}

/** What a query function needs: the pool, or one transaction of it. */
export interface Queryable {
  /** Runs one statement. Values are always parameters, never text in the statement. */
  query<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<QueryResult<Row>>
}

/** A database: TimescaleDB, embedded or on a server. Errors pass through as they are; see `isTransient`. */
export interface Database extends Queryable {
  /**
   * Runs the work in one transaction: committed when it resolves, rolled back when it rejects, always ended. On the
   * embedded engine every other client waits meanwhile, so it does nothing but queries.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  /** Connections that broke while idle, since the start. */
  readonly brokenConnections: number
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Connections at most. 8 when absent. */
  maxConnections?: number
  /** How long a call waits for a connection. 30 s when absent: the embedded engine does one thing at a time. */
  connectTimeoutMs?: number
  /** Shown by the server, e.g. `picket-collector`. */
  applicationName?: string
}

const { builtins } = types

/** Counters and microseconds stay below 2^53, so 64-bit integers are numbers; moments are epoch milliseconds. */
const parsers: Record<number, (text: string) => unknown> = {
  [builtins.INT8]: Number,
  [builtins.NUMERIC]: Number,
  [builtins.TIMESTAMPTZ]: toEpochMs,
}

/** `2026-11-22 10:00:00.123456+00` to epoch milliseconds. */
function toEpochMs(text: string): number | null {
  const date = types.getTypeParser(builtins.TIMESTAMPTZ)(text) as Date | number | null
  return date instanceof Date ? date.getTime() : null
}

/** Opens a pool. Connects on the first query; a server that is away shows as a transient error then. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 8,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 30_000,
    idleTimeoutMillis: 30_000,
    application_name: options.applicationName ?? 'picket',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        parsers[oid] ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  })
  let brokenConnections = 0
  // An idle connection broke; the pool makes another when one is needed. Without a listener the process would end.
  pool.on('error', () => brokenConnections++)
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (work) => runTransaction(pool, work),
    get brokenConnections() {
      return brokenConnections
    },
    close: () => pool.end(),
  }
}

async function run<Row>(client: Pool | PoolClient, text: string, values?: unknown[]): Promise<QueryResult<Row>> {
  const result = await client.query(text, values)
  return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 }
}

async function runTransaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => (broken = error)
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work({ query: (text, values) => run(client, text, values) })
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    client.off('error', onError)
    // A connection whose state is not known is closed, which rolls back whatever it had open.
    client.release(broken)
  }
}

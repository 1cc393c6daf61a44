/** SQLSTATE classes and codes after which the same work may succeed later. */
const TRANSIENT_CLASSES = ['08', '53', '57']
const TRANSIENT_CODES = new Set(['25P03', '40001', '40P01', '55P03'])
/** Errors of sockets: the server is away, or its socket file is. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
])
/** What `pg` says without a code when a connection breaks under it. */
const BROKEN_CONNECTION =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|client was closed/i

/** `57014` is a query cancelled on purpose; trying it again would meet the same limit. */
const PERMANENT_CODES = new Set(['57014'])

/**
 * Whether the same call may succeed later: the server is starting, away, full, or two transactions met. Everything
 * else (bad SQL, a violated constraint) will fail again.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isTransient)
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (PERMANENT_CODES.has(code)) return false
  if (SOCKET_CODES.has(code) || TRANSIENT_CODES.has(code)) return true
  if (code.length === 5 && TRANSIENT_CLASSES.includes(code.slice(0, 2))) return true
  return code === '' && BROKEN_CONNECTION.test(error.message)
}

/** The database was migrated by a newer Picket than this one. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError'

  constructor(found: number, known: number) {
    super(
      `the database has schema version ${found}, this Picket knows up to ${known}; update Picket or use another database`,
    )
  }
}

/** An argument no query can be made of, e.g. an address filter that is no address. For people: 400, not 500. */
export class InvalidFilterError extends Error {
  override readonly name = 'InvalidFilterError'
}

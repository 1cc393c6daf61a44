/** Why a collector command ends before its time; every entry says what was expected, what was found and what to do. */
export type ErrorCode =
  'configuration' | 'authority-unreadable' | 'address-in-use' | 'address-not-available' | 'store-unreachable'

/** Exit code 2: the configuration or the machine has to change first. */
const REFUSALS: readonly ErrorCode[] = [
  'configuration',
  'authority-unreadable',
  'address-in-use',
  'address-not-available',
]

/** An error with a code and a message for the operator; anything else that is thrown is a bug. */
export class CollectorError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CollectorError'
    this.code = code
  }

  get exitCode(): 1 | 2 {
    return REFUSALS.includes(this.code) ? 2 : 1
  }
}

/** All configuration mistakes at once, one line each. */
export function configurationError(mistakes: readonly string[]): CollectorError {
  return new CollectorError('configuration', mistakes.join('\n'))
}

/** The listening address is taken or is not of this machine. */
export function listenError(setting: string, address: string, cause: Error): CollectorError {
  if (/EADDRNOTAVAIL|ENOTFOUND|EACCES/.test(cause.message)) {
    return new CollectorError(
      'address-not-available',
      `${setting}: cannot listen on ${address}; choose an address of this machine and a port it may use`,
      { cause },
    )
  }
  return new CollectorError(
    'address-in-use',
    `${setting}: ${address} is in use by another process; stop that process or choose another port`,
    { cause },
  )
}

/** A file of the authority is there but is not what was written; nothing is overwritten. */
export function authorityUnreadable(file: string, cause: unknown): CollectorError {
  return new CollectorError(
    'authority-unreadable',
    `PICKET_DATA: ${file} is not a readable private key with its certificate; restore it from a backup, ` +
      `or move it away to start a new authority (every sensor must then enrol again)`,
    { cause },
  )
}

/** The database does not answer as Picket's store. */
export function storeUnreachable(cause: unknown): CollectorError {
  return new CollectorError(
    'store-unreachable',
    `DATABASE_URL: the store cannot be used (${messageOf(cause)}); start the database and run the migrations first`,
    { cause },
  )
}

/** Text of anything thrown, for a log field or a status detail. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

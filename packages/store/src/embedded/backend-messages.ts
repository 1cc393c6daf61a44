/** Messages the engine itself writes to a client (PostgreSQL protocol 3.0); all others come from the backend as they are. */

/** Transaction status of ReadyForQuery: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = 'I' | 'T' | 'E'

export interface EngineError {
  severity: 'ERROR' | 'FATAL'
  /** SQLSTATE. */
  code: string
  message: string
}

const READY_FOR_QUERY = 'Z'.charCodeAt(0)

export function errorResponse({ severity, code, message }: EngineError): Buffer {
  return frame('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${message}\0\0`))
}

export function readyForQuery(status: TransactionStatus): Buffer {
  return frame('Z', Buffer.from(status))
}

/** Answer to a start-up packet: no password (the socket's folder is the protection), parameters, ready. */
export function startupResponse(parameters: Record<string, string>, processId: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeInt32BE(processId, 0)
  return Buffer.concat([
    frame('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => frame('S', Buffer.from(`${name}\0${value}\0`))),
    frame('K', key),
    readyForQuery('I'),
  ])
}

/** A simple Query message, for what the engine itself runs in the session. */
export function queryMessage(sql: string): Buffer {
  return frame('Q', Buffer.from(`${sql}\0`))
}

/** A Sync message. */
export function syncMessage(): Buffer {
  return frame('S', Buffer.alloc(0))
}

/** Close messages for prepared statements, and a Sync. */
export function closeStatements(names: Iterable<string>): Buffer {
  return Buffer.concat([...[...names].map((name) => frame('C', Buffer.from(`S${name}\0`))), syncMessage()])
}

/** A query that fails as a feature the engine lacks, with the transaction status that follows from it. */
export function unsupportedQuery(message: string): Buffer {
  const text = message.replaceAll("'", "''")
  return queryMessage(`DO $unsupported$ BEGIN RAISE EXCEPTION '${text}' USING ERRCODE = '0A000'; END $unsupported$`)
}

/** The status in the ReadyForQuery that ends a response, or undefined when it does not end with one. */
export function statusAtEnd(response: Uint8Array): TransactionStatus | undefined {
  const at = response.length - 6
  if (at < 0 || response[at] !== READY_FOR_QUERY) return undefined
  if (response[at + 1] !== 0 || response[at + 2] !== 0 || response[at + 3] !== 0 || response[at + 4] !== 5)
    return undefined
  const status = String.fromCharCode(response[at + 5])
  return status === 'I' || status === 'T' || status === 'E' ? status : undefined
}

function frame(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

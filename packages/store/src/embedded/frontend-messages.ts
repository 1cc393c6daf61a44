/**
 * What a PostgreSQL client sends, cut into units that may be executed without interruption (protocol 3.0,
 * PostgreSQL documentation chapter 53). A unit ends with the message after which a client waits for an answer:
 * Query, Sync or Flush. Executing units whole is what keeps clients of one backend session apart: unnamed
 * statements and portals live no longer than a unit or a transaction, and named ones carry the client's prefix.
 */
export type FrontendUnit =
  | { kind: 'startup'; parameters: Record<string, string> }
  /** SSLRequest or GSSENCRequest: to be answered with one octet `N`. */
  | { kind: 'encryption-request' }
  | { kind: 'cancel-request' }
  | { kind: 'execute'; bytes: Uint8Array; copyFromClient: boolean }
  | { kind: 'terminate' }
  | { kind: 'malformed'; reason: string }

/** Largest unit kept in memory; ours are below 20 MiB. */
export const MAX_UNIT_BYTES = 256 * 1024 * 1024

const PROTOCOL_3 = 196608
const CANCEL_REQUEST = 80877102
const SSL_REQUEST = 80877103
const GSSENC_REQUEST = 80877104

const code = (letter: string) => letter.charCodeAt(0)
const QUERY = code('Q')
const SYNC = code('S')
const FLUSH = code('H')
const FUNCTION_CALL = code('F')
const TERMINATE = code('X')
const PARSE = code('P')
const BIND = code('B')
const DESCRIBE = code('D')
const CLOSE = code('C')
const EXECUTE = code('E')
const COPY_MESSAGES = new Set(['d', 'c', 'f'].map(code))

export class FrontendReader {
  readonly #prefix: Buffer
  #started = false
  #chunks: Buffer[] = []
  #buffered = 0
  #parts: Uint8Array[] = []
  #partBytes = 0
  #copyFromClient = false
  /** Named prepared statements this client made, with its prefix; to be closed when it leaves. */
  readonly statements = new Set<string>()

  /** `prefix` is put before the names of prepared statements and portals, so that clients cannot meet. */
  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix)
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
  }

  /** The next whole unit, or undefined until more octets come. After `malformed` the client is lost. */
  next(): FrontendUnit | undefined {
    return this.#started ? this.#nextUnit() : this.#nextStartup()
  }

  #nextStartup(): FrontendUnit | undefined {
    const length = this.#peek(4)?.readInt32BE(0)
    if (length === undefined) return undefined
    if (length < 8 || length > 10_000) return { kind: 'malformed', reason: `start-up packet of ${length} octets` }
    const packet = this.#take(length)
    if (!packet) return undefined
    const version = packet.readInt32BE(4)
    if (version === SSL_REQUEST || version === GSSENC_REQUEST) return { kind: 'encryption-request' }
    if (version === CANCEL_REQUEST) return { kind: 'cancel-request' }
    if (version !== PROTOCOL_3)
      return { kind: 'malformed', reason: `protocol version ${version >> 16}.${version & 0xffff}` }
    this.#started = true
    return { kind: 'startup', parameters: startupParameters(packet.subarray(8)) }
  }

  #nextUnit(): FrontendUnit | undefined {
    for (;;) {
      const head = this.#peek(5)
      if (!head) return undefined
      const type = head[0]
      const length = head.readInt32BE(1)
      if (length < 4 || length + this.#partBytes > MAX_UNIT_BYTES) {
        return { kind: 'malformed', reason: `message of ${length} octets` }
      }
      const message = this.#take(length + 1)
      if (!message) return undefined
      if (type === TERMINATE) return { kind: 'terminate' }
      if (COPY_MESSAGES.has(type)) continue
      const text =
        type === QUERY ? message.toString('utf8', 5, 200) : type === PARSE ? message.toString('latin1', 5, 300) : ''
      if (/copy\b[^;]*\bfrom\s+stdin/i.test(text)) this.#copyFromClient = true
      const named = withPrefix(message, type, this.#prefix)
      if (type === PARSE && named !== message) this.statements.add(named.toString('utf8', 5, named.indexOf(0, 5)))
      this.#parts.push(named)
      this.#partBytes += named.length
      if (type === QUERY || type === SYNC || type === FLUSH || type === FUNCTION_CALL) return this.#cutUnit()
    }
  }

  #cutUnit(): FrontendUnit {
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
    const copyFromClient = this.#copyFromClient
    this.#parts = []
    this.#partBytes = 0
    this.#copyFromClient = false
    return { kind: 'execute', bytes, copyFromClient }
  }

  #peek(length: number): Buffer | undefined {
    if (this.#buffered < length) return undefined
    if (this.#chunks[0].length < length) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]
  }

  #take(length: number): Buffer | undefined {
    const first = this.#peek(length)
    if (!first) return undefined
    this.#buffered -= length
    if (first.length === length) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(length)
    return first.subarray(0, length)
  }
}

function startupParameters(body: Buffer): Record<string, string> {
  const words = body.toString('utf8').split('\0')
  const parameters: Record<string, string> = {}
  for (let i = 0; i + 1 < words.length && words[i] !== ''; i += 2) parameters[words[i]] = words[i + 1]
  return parameters
}

/** Renames the named statements and portals of Parse, Bind, Describe, Close and Execute; unnamed ones stay unnamed. */
function withPrefix(message: Buffer, type: number, prefix: Buffer): Buffer {
  if (type === PARSE || type === EXECUTE) return insertPrefix(message, [5], prefix)
  if (type === DESCRIBE || type === CLOSE) return insertPrefix(message, [6], prefix)
  if (type !== BIND) return message
  const portalEnd = message.indexOf(0, 5)
  return insertPrefix(message, [5, portalEnd + 1], prefix)
}

function insertPrefix(message: Buffer, at: number[], prefix: Buffer): Buffer {
  const named = at.filter((offset) => offset > 0 && offset < message.length && message[offset] !== 0)
  if (named.length === 0) return message
  const parts: Buffer[] = []
  let from = 0
  for (const offset of named) {
    parts.push(message.subarray(from, offset), prefix)
    from = offset
  }
  parts.push(message.subarray(from))
  const renamed = Buffer.concat(parts)
  renamed.writeInt32BE(renamed.length - 1, 1)
  return renamed
}

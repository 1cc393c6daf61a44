import { readText, readUint16 } from '../byte-text.ts'

/** What a ClientHello offers, in the order it offers it; GREASE values (RFC 8701) are left in. */
export interface ClientHello {
  legacyVersion: number
  cipherSuites: number[]
  extensions: number[]
  groups: number[]
  pointFormats: number[]
  signatureAlgorithms: number[]
  supportedVersions: number[]
  /** First of each list, as octets they were; undefined without the extension. */
  serverName: string | undefined
  alpn: Uint8Array | undefined
}

const SERVER_NAME = 0
const SUPPORTED_GROUPS = 10
const POINT_FORMATS = 11
const SIGNATURE_ALGORITHMS = 13
const ALPN = 16
const SUPPORTED_VERSIONS = 43
const MAX_NAME = 255

/**
 * Parses the body of a ClientHello (RFC 8446 section 4.1.2), after the four octets of handshake header: version 2,
 * random 32, session id 1+n, cipher suites 2+n, compression 1+n, extensions 2+n. Undefined where lengths contradict
 * each other; extensions cut off at `end` are left out. DTLS has a cookie 1+n after the session id (RFC 9147 section 5.3).
 */
export function parseClientHello(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasCookie = false,
): ClientHello | undefined {
  if (start + 35 > end) return undefined
  const afterSession = start + 35 + bytes[start + 34]
  const suites = hasCookie ? afterSession + 1 + bytes[afterSession] : afterSession
  if (suites + 2 > end) return undefined
  const compression = suites + 2 + readUint16(bytes, suites)
  if (compression + 1 > end) return undefined
  const hello: ClientHello = {
    legacyVersion: readUint16(bytes, start),
    cipherSuites: readList(bytes, suites + 2, compression, 2),
    extensions: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    supportedVersions: [],
    serverName: undefined,
    alpn: undefined,
  }
  const extensions = compression + 1 + bytes[compression]
  if (extensions + 2 > end) return hello
  const extensionsEnd = Math.min(end, extensions + 2 + readUint16(bytes, extensions))
  for (let at = extensions + 2; at + 4 <= extensionsEnd;) {
    const type = readUint16(bytes, at)
    const next = at + 4 + readUint16(bytes, at + 2)
    hello.extensions.push(type)
    if (next > extensionsEnd) break
    readExtension(hello, type, bytes, at + 4, next)
    at = next
  }
  return hello
}

function readExtension(hello: ClientHello, type: number, bytes: Uint8Array, start: number, end: number): void {
  switch (type) {
    case SERVER_NAME:
      hello.serverName = readServerName(bytes, start, end)
      break
    case SUPPORTED_GROUPS:
      hello.groups = readList(bytes, start + 2, end, 2)
      break
    case POINT_FORMATS:
      hello.pointFormats = readList(bytes, start + 1, end, 1)
      break
    case SIGNATURE_ALGORITHMS:
      hello.signatureAlgorithms = readList(bytes, start + 2, end, 2)
      break
    case ALPN:
      // List length 2, then each protocol with its length 1.
      if (start + 3 <= end) hello.alpn = bytes.slice(start + 3, Math.min(end, start + 3 + bytes[start + 2]))
      break
    case SUPPORTED_VERSIONS:
      hello.supportedVersions = readList(bytes, start + 1, end, 2)
      break
    default:
  }
}

/** RFC 6066 section 3: list length 2, type 1 (0 is a host name), length 2, name. */
function readServerName(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (start + 5 > end || bytes[start + 2] !== 0) return undefined
  const length = Math.min(readUint16(bytes, start + 3), MAX_NAME)
  return start + 5 + length <= end ? readText(bytes, start + 5, start + 5 + length).toLowerCase() : undefined
}

function readList(bytes: Uint8Array, start: number, end: number, width: 1 | 2): number[] {
  const values: number[] = []
  for (let at = start; at + width <= end; at += width) values.push(width === 1 ? bytes[at] : readUint16(bytes, at))
  return values
}

/** GREASE (RFC 8701): both octets alike, low nibble A. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}

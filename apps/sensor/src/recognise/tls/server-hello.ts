import { readText, readUint16 } from '../byte-text.ts'

const SUPPORTED_VERSIONS = 43
const ALPN = 16
const MAX_EXTENSIONS = 64

export interface ServerHello {
  legacyVersion: number
  /** The version that holds: that of extension 43, or the legacy field. */
  version: number
  cipherSuite: number
  extensions: number[]
  /** What the server chose; empty without the extension. */
  alpn: string
}

/**
 * Parses the body of a ServerHello (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3): version 2, random 32, session id 1+n,
 * cipher suite 2, compression 1, extensions 2+n. Undefined where it ends before the cipher suite.
 */
export function parseServerHello(bytes: Uint8Array, start: number, end: number): ServerHello | undefined {
  if (start + 35 > end) return undefined
  const suite = start + 35 + bytes[start + 34]
  if (suite + 3 > end) return undefined
  const version = readUint16(bytes, start)
  const hello: ServerHello = {
    legacyVersion: version,
    version,
    cipherSuite: readUint16(bytes, suite),
    extensions: [],
    alpn: '',
  }
  for (let at = suite + 5; at + 4 <= end && hello.extensions.length < MAX_EXTENSIONS;) {
    const type = readUint16(bytes, at)
    const next = at + 4 + readUint16(bytes, at + 2)
    hello.extensions.push(type)
    if (next > end) break
    if (type === SUPPORTED_VERSIONS && next === at + 6) hello.version = readUint16(bytes, at + 4)
    if (type === ALPN && next >= at + 7) hello.alpn = readText(bytes, at + 7, Math.min(next, at + 7 + bytes[at + 6]))
    at = next
  }
  return hello
}

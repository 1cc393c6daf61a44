import { hash } from 'node:crypto'
import { type ClientHello, isGrease } from './client-hello.ts'

const SERVER_NAME = 0x0000
const ALPN = 0x0010
const VERSIONS: Record<number, string> = {
  0x0304: '13',
  0x0303: '12',
  0x0302: '11',
  0x0301: '10',
  0x0300: 's3',
  0x0002: 's2',
  0xfeff: 'd1',
  0xfefd: 'd2',
  0xfefc: 'd3',
}
const NOTHING = '000000000000'

/** What carried the hello: TCP, QUIC or DTLS, the first letter. */
export type HelloTransport = 't' | 'q' | 'd'

/**
 * JA4 (https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md) of a hello over TCP, QUIC or DTLS: what is offered in clear
 * counts, then truncated SHA-256 of the sorted cipher suites and of the sorted extensions with the signature algorithms.
 */
export function ja4(hello: ClientHello, transport: HelloTransport): string {
  const suites = hello.cipherSuites.filter((value) => !isGrease(value))
  const extensions = hello.extensions.filter((value) => !isGrease(value))
  const version = VERSIONS[offeredVersion(hello)] ?? '00'
  const name = hello.extensions.includes(SERVER_NAME) ? 'd' : 'i'
  const counts = [suites, extensions].map((list) => String(Math.min(list.length, 99)).padStart(2, '0'))
  const hashed = extensions.filter((value) => value !== SERVER_NAME && value !== ALPN)
  const algorithms = hello.signatureAlgorithms.filter((value) => !isGrease(value)).map(hex)
  const tail = algorithms.length > 0 ? `_${algorithms.join(',')}` : ''
  return [
    `${transport}${version}${name}${counts.join('')}${alpnMark(hello.alpn)}`,
    suites.length > 0 ? digest(suites.map(hex).sort().join(',')) : NOTHING,
    hashed.length + algorithms.length > 0 ? digest(hashed.map(hex).sort().join(',') + tail) : NOTHING,
  ].join('_')
}

/** The highest version of the extension, or the legacy field without it. DTLS counts downwards (RFC 9147 section 5.3). */
export function offeredVersion(hello: ClientHello): number {
  const versions = hello.supportedVersions.filter((value) => !isGrease(value))
  if (versions.length === 0) return hello.legacyVersion
  return versions[0] >= 0xfe00 ? Math.min(...versions) : Math.max(...versions)
}

/** First and last character of the first protocol; of its hex form where they are not alphanumeric. */
function alpnMark(alpn: Uint8Array | undefined): string {
  if (!alpn || alpn.length === 0) return '00'
  const first = alpn[0]
  const last = alpn[alpn.length - 1]
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last)
  return first.toString(16).padStart(2, '0')[0] + last.toString(16).padStart(2, '0')[1]
}

function isAlphanumeric(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x61 && octet <= 0x7a)
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0')
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 12)
}
